"""The operators' console (requirements TEN-18, TEN-19, TEN-24): what is shown of businesses, what may be done to them.

It calls the verbs of the apps below; each deed asks for a reason and leaves a record on both sides. What an operator
sees of a business's inside, they see through its own pages, as a visitor who cannot write.
"""
