"""`/발송예정일` (H27–H31): the customer sees when each parcel of an order leaves, and when missing items come back.

A manager sees the same in the customer's chat, and which setting or which missing stock stands behind a day.
Example: 「린넨 셔츠 11월 26일 (목) 발송 예정 · 울 머플러 11월 27일 (금) 입고 후 발송」
"""
