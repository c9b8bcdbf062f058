"""The tables. Portable between SQLite and PostgreSQL; days and moments are ISO text, so both sort and read alike."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, Table, Text

metadata = MetaData()

person = Table(
    "person",
    metadata,
    Column("key", Text, primary_key=True, comment="the persona's name"),
    Column("digest", Text, nullable=False, comment="of the persona file the row was made from"),
    Column("name", Text, nullable=False),
    Column("kana", Text, nullable=False),
    Column("birthdate", Text, nullable=False),
    Column("sex", Text, nullable=False),
    Column("post_number", Text, nullable=False),
    Column("address", Text, nullable=False),
)

membership = Table(
    "membership",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", Text, ForeignKey("person.key", ondelete="CASCADE"), nullable=False, index=True),
    Column("insurer_number", Text, nullable=False),
    Column("number_key", Text, nullable=False, comment="番号 folded to half-width, for looking up"),
    Column("insurer_name", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("branch", Text, nullable=False),
    Column("family", Text, nullable=False),
    Column("card_class", Text, nullable=False),
    Column("holder_name", Text, nullable=False),
    Column("qualified_on", Text, nullable=False),
    Column("issued_on", Text),
    Column("valid_until", Text),
    Column("lost_on", Text),
    Column("reason_of_loss", Text, nullable=False),
    Column("burden_ratio", Integer),
    Column("elderly_ratio", Integer),
    Index("membership_by_number", "insurer_number", "number_key"),
)

certificate = Table(
    "certificate",
    metadata,
    # Text, because a serial number may have 159 bits (RFC 5280, 4.1.2.2).
    Column("serial", Text, primary_key=True),
    Column("person", Text, ForeignKey("person.key", ondelete="CASCADE"), nullable=False, index=True),
    Column("registered", Boolean, nullable=False, comment="利用登録 of this card"),
)

exchange = Table(
    "exchange",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("institution", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="card, enrolled or numbers"),
    Column("purpose", Text, nullable=False),
    Column("nonce", Text, unique=True, comment="the challenge used up; null for a query by numbers"),
    Column("outcome", Text, nullable=False),
    Column("person", Text, nullable=False),
)
