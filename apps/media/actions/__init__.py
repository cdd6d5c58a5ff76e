"""Every verb of a file, under one name: `actions.upload_file`, `actions.attach`, …"""

from apps.media.actions.erase import delete_file, erase_files, purge_unused, remove_objects
from apps.media.actions.fetch import claim_fetch, expect_file, fetch_again, give_up, keep_fetched, let_go_of_lost
from apps.media.actions.upload import attach, copy_files, draw_thumbnail, settle, upload_file

__all__ = [
    "attach",
    "claim_fetch",
    "copy_files",
    "delete_file",
    "draw_thumbnail",
    "erase_files",
    "expect_file",
    "fetch_again",
    "give_up",
    "keep_fetched",
    "let_go_of_lost",
    "purge_unused",
    "remove_objects",
    "settle",
    "upload_file",
]
