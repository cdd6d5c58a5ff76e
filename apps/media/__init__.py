"""Files: what customers send and people upload, where they are kept, and who may open them.

What a file belongs to lives in apps above; `config/owners.py` says who may see each kind of owner. Fetching from a
provider and sending to one is the conversations' work.
"""
