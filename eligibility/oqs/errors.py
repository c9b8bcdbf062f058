"""What can be wrong with a message: one error, carrying an id and a place, never a sentence and never a value.

The words are in the catalogue of `eligibility` under the same ids. A value would put a patient's data in a log.
"""

from __future__ import annotations

LONGEST_PLACE = 200
"""Characters of `where` that are kept: part of it may be element names out of a hostile message."""


class MessageError(ValueError):
    """A message, or the name of its file, cannot be used.

    `code` is a message id such as `message.element.missing`. `where` is the path of the element
    (`XmlMsg/MessageBody/ResultList/ResultOfQualificationConfirmation[2]/Birthdate`), `line:column` of broken XML,
    the offset of a byte that is no character, or "".
    """

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.where = "".join(character if character.isprintable() else "?" for character in where[:LONGEST_PLACE])
