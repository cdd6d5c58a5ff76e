"""A business as one sealed file: how it is written (`leaving`), looked at (`reading`) and made anew (`arriving`).

Which tables go along, and what of them does not, is on one page: `config/moving.py`.
"""
