"""What this simulated mall does not do, in plain sentences for the panel and the README."""

NOT_SIMULATED: tuple[str, ...] = (
    "Writes to orders, claims, addresses and settings are not simulated yet: those calls answer 404.",
    "Time does not move orders: nothing is shipped, delivered, confirmed or cancelled by itself.",
    "Webhooks go out only when a person or a test sends them; the mall neither retries nor logs them.",
    "A partial refund is the plain sum of its lines; the real mall recalculates fees and benefits.",
    "Discounts, points and fees of an order stay as they were after a partial claim.",
    "Marketplace, Naver Pay and subscription orders only carry the right codes; there is no other side.",
    "Fields that no shop here uses (customs, tax details, overseas shipping) are constants.",
    "These order filters are ignored: wished carrier, discount, gateway, inflow path, label, supplier, seller.",
    "A search without dates covers three months, and `fields` keeps embedded parts: both are assumptions.",
    "Webhook keys, error sentences beyond the observed ones and the look of the login pages are ours.",
    "The usage quota is met only as a planted fault; its headers on ordinary answers are decoration.",
    "Ten calls a second from one address and fifteen token requests in two hours do no harm here.",
    "Access tokens outlive a refresh, and calls for a disabled shop answer: both are assumptions.",
    "Text messages, carts, coupon lists, points, boards and every other API of the real mall are absent.",
)
