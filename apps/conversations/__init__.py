"""What is said and who may say it: conversations, messages, assignment, notes, and the inbox page.

Receiving, sending, taking over and handing back are decided here. How a provider is spoken to lives in `gateways`;
what the assistant answers lives in `assistant`.
"""
