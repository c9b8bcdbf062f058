"""The vocabulary of オンライン資格確認: codes, messages, their XML and JSON spellings, file names.

Import the module you need. Nothing is imported here: the kiosk takes `signed_message` before its first frame, and
pydantic and lxml behind `messages` and `codec` would cost more than that frame (prototypes.md §2).
"""
