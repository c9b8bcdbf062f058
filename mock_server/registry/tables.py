"""The tables. Portable between SQLite and PostgreSQL; days and moments are ISO text, so both sort and read alike.

What a table holds that nobody looks up by is one JSON text, so that a person can gain a field without a migration.
The migrations make these tables; a test holds the two against each other.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint

metadata = MetaData()

_Key = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts by itself only in a column that is called INTEGER."""

person = Table(
    "person",
    metadata,
    Column("key", Text, primary_key=True, comment="the persona's name"),
    Column("digest", Text, nullable=False, comment="of the seed the row was made from"),
    Column("birthdate", Text, nullable=False),
    Column("data", Text, nullable=False, comment="the whole person as JSON (mock_server.people_json)"),
)

membership = Table(
    "membership",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("person", Text, ForeignKey("person.key", ondelete="CASCADE"), nullable=False, index=True),
    Column("insurer_number", Text, nullable=False),
    Column("number_key", Text, nullable=False, comment="番号 folded to half-width, for looking up"),
    Index("membership_by_number", "insurer_number", "number_key"),
)

certificate = Table(
    "certificate",
    metadata,
    # Text, because a serial number may have 159 bits (RFC 5280, 4.1.2.2).
    Column("serial", Text, primary_key=True),
    Column("person", Text, ForeignKey("person.key", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Text, nullable=False, comment="card or phone"),
    Column("registered", Boolean, nullable=False, comment="利用登録 as the persona's file says"),
)

registration = Table(
    "registration",
    metadata,
    Column("run", Text, primary_key=True),
    Column("serial", Text, primary_key=True),
    Column("at", Text, nullable=False, comment="when the 利用登録 was made through this service"),
)

exchange = Table(
    "exchange",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("key", Text, unique=True, nullable=False),
    Column("at", Text, nullable=False),
    Column("institution", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("via", Text, nullable=False, comment="http, folder or batch"),
    Column("call", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("nonce", Text, unique=True, comment="the challenge used up"),
    Column("outcome", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("request", Text, nullable=False, comment="masked"),
    Column("answer", Text, nullable=False, comment="masked"),
    Column("scenario", Text, nullable=False),
    Column("took_us", Integer, nullable=False),
    # Whoever follows the exchanges remembers an id: one that was cleared is never another exchange's.
    sqlite_autoincrement=True,
)

consent = Table(
    "consent",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("run", Text, nullable=False),
    Column("institution", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("visit", Text, unique=True, nullable=False, comment="the visit it was given in: a consent counts once"),
    Column("items", Text, nullable=False, comment="JSON: what was agreed to, by name"),
    Column("at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Index("consent_by_person", "institution", "person", "run"),
)

reference_number = Table(
    "reference_number",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("run", Text, nullable=False),
    Column("institution", Text, nullable=False),
    Column("insurer_number", Text, nullable=False),
    Column("symbol_key", Text, nullable=False),
    Column("number_key", Text, nullable=False),
    Column("branch", Text, nullable=False),
    Column("reference_number", Text, nullable=False),
    Column("at", Text, nullable=False),
    UniqueConstraint("run", "institution", "insurer_number", "symbol_key", "number_key", "branch"),
)

batch = Table(
    "batch",
    metadata,
    Column("reception_number", Text, primary_key=True, comment="受付番号"),
    Column("run", Text, nullable=False),
    Column("institution", Text, nullable=False),
    Column("submission", Text, nullable=False, comment="what makes a request sent twice the same one"),
    Column("file_identifier", Text),
    Column("kind", Text, nullable=False, comment="muquc or muimm"),
    Column("header", Text, nullable=False, comment="JSON: what every item has in common, such as the day asked for"),
    Column("at", Text, nullable=False),
    Column("state", Text, nullable=False, comment="waiting, running or done"),
    Column("total", Integer, nullable=False),
    UniqueConstraint("run", "institution", "submission"),
)

batch_item = Table(
    "batch_item",
    metadata,
    Column("reception_number", Text, ForeignKey("batch.reception_number", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("request", Text, nullable=False, comment="JSON"),
    Column("result", Text, comment="JSON; null until it is done"),
)

armed = Table(
    "armed",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("scenario", Text, nullable=False),
    Column("params", Text, nullable=False, comment="JSON"),
    Column("call", Text, nullable=False, comment='which calls it strikes; "" is any'),
    Column("person", Text, nullable=False, comment='"" is anybody'),
    Column("institution", Text, nullable=False, comment='"" is any'),
    Column("run", Text, nullable=False, comment='"" is everybody\'s'),
    Column("remaining", Integer, comment="how often still; null is until reset"),
    Column("fired", Integer, nullable=False),
    Column("met", Integer, nullable=False, comment="calls it met so far: the draws of its chance"),
    Column("seed", Integer, nullable=False),
    Column("at", Text, nullable=False),
)

control = Table(
    "control",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", Integer, nullable=False, comment="counts whatever a process may keep a copy of"),
    Column("clock_offset_s", BigInteger, nullable=False, comment="32 bits would be 68 years"),
    Column("clock_frozen_at", Text, comment="the server's clock stands here; null: it runs"),
)

institution = Table(
    "institution",
    metadata,
    Column("code", Text, primary_key=True, comment="医療機関コード"),
    Column("name", Text, nullable=False),
    Column("token_hash", Text, unique=True),
    Column("client_certificate", Text, comment="SHA-256 of the certificate it must come with; null: any"),
    Column("created_at", Text, nullable=False),
    Column("revoked_at", Text),
)

face_outbox = Table(
    "face_outbox",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("run", Text, nullable=False),
    Column("institution", Text, nullable=False),
    Column("exchange", Text, nullable=False, comment="key of the exchange it came from"),
    Column("identifier", Text, unique=True, nullable=False),
    Column("at", Text, nullable=False),
    Column("content", Text, nullable=False, comment="the message as JSON"),
    Column("troubles", Text, nullable=False, comment="JSON: scenarios to play on the file"),
    Column("state", Text, nullable=False, comment="waiting, written, collected or expired"),
    Column("name", Text, comment="the file's name once written"),
    Column("written_at", Text),
    Column("collected_at", Text),
    Column("folder", Text, comment="name of the set of folders that makes the file; null: none has begun"),
    Index("face_outbox_by_state", "institution", "run", "state"),
    Index("face_outbox_by_exchange", "exchange"),
    # A file on its way remembers the id of its row, also while the row is cleared.
    sqlite_autoincrement=True,
)

folder_answer = Table(
    "folder_answer",
    metadata,
    Column("claim", Text, primary_key=True, comment="the name the request got when it was taken away"),
    Column("run", Text, nullable=False),
    Column("institution", Text, nullable=False),
    Column("request", Text, nullable=False, comment="the request file's name"),
    Column("digest", Text, nullable=False, comment="SHA-256 of the request file"),
    Column("at", Text, nullable=False),
    Column("answer", Text, nullable=False, comment="JSON: message, refusal or what to fetch; empty once collected"),
    Column("troubles", Text, nullable=False, comment="JSON: scenarios to play on the file"),
    Column("state", Text, nullable=False, comment="waiting, written, collected, expired or withheld"),
    Column("name", Text, comment="the answer file's name once written"),
    Column("written_at", Text),
    Column("done_at", Text),
    Index("folder_answer_by_state", "institution", "run", "state"),
)
