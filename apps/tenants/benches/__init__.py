"""What tenancy costs, measured: `manage.py bench request`, `provision`, `fleet`.

Each makes its own throwaway businesses in the configured database, alternates ours with the baseline in one run, and
removes what it made. Figures kept: docs/performance.md.
"""
