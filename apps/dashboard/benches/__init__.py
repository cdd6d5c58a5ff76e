"""What a newcomer waits for, measured: `manage.py bench signup`. Figures kept: docs/performance.md."""
