"""People: users, employees, roles, sign-in, API tokens, and the secrets a business keeps.

Users live wholly inside their business's schema; operators are the users of public. Invitations, password reset and
second factors are not here yet.
"""
