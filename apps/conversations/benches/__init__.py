"""What receiving and showing messages costs, and whether any is lost: `manage.py bench ingest`, `nudge`, `survive`.

On the bundled PostgreSQL each plays in a VAR_DIR and a cluster of its own (`stage.at_home`), so it disturbs nobody and
leaves nothing; with services configured, in a throwaway business there. The site is the real one: the web server,
workers and clock of `make run`, as processes. Figures kept: docs/performance.md.
"""
