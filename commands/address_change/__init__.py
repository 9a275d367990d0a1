"""`/배송지변경` (H24–H26): the customer sends an order elsewhere while nothing of it has a label yet."""
