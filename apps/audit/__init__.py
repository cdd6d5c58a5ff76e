"""Who did what, kept in the same transaction as the deed and chained; facts for figures; exports of any noun's rows.

What a noun exports is its own app's business: `config/exports.py` says who offers what.
"""
