"""The mock J-LIS: a test CA that issues a card to every persona, on first use, into the key store.

Nobody's real certificate and no key in the repository: everything is made on this machine. Card and CA are made under
the key store's lock and written whole, so that two programs started at once hand out the same card. A persona's other
kinds of card (`reader.card.variants`) are made from that card and have tries of their own; all of them carry the
persona's serial number, so the server knows the holder by any of them.
What breaks if wrong: the counter would refuse its own cards, or take a stranger's for ours.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography import x509

from mock_server.authorities import AUTH, NEXT_AUTH, SIGN, Authorities, Issuer
from mock_server.card_contents import as_new, auth_certificate_of, known_by
from mock_server.card_files import CardFiles
from mock_server.card_maker import WITH_OWN_KEYS, CardMaker, with_auth
from mock_server.certificate_life import REVOKED, REVOKED_OCSP, VALID, is_in
from mock_server.certificate_path import is_signed_by
from mock_server.errors import SetupError
from mock_server.keystore import Keystore
from mock_server.personas import Persona, find_persona
from mock_server.phones import PhoneCredential, Phones
from mock_server.revocation.export import exported_trust
from mock_server.revocation.jlis import MockJlis
from mock_server.revocation.planned import ensure_revoked
from mock_server.serials import phone_serial, serial_number
from reader.card.image import CardImage
from reader.card.variants import Variant, as_variant


class TestAuthority:
    """The test CA of one key store and the cards it issued."""

    __test__ = False  # not a test class, whatever its name suggests to pytest

    def __init__(self, keystore: Keystore, now: Callable[[], datetime]) -> None:
        self._keystore = keystore
        self._now = now
        self._cards = CardFiles(keystore)
        self.authorities = Authorities(keystore, now)
        self._maker = CardMaker(self.authorities, now)
        self.jlis = MockJlis(keystore, self.authorities)
        self._phones = Phones(keystore, self.authorities, self.jlis.register, now)

    @classmethod
    def open(cls, folder: Path, now: Callable[[], datetime]) -> TestAuthority:
        """The authority whose keys lie in `folder`; `now` gives aware date-times. Makes folders, no keys yet.

        Raises:
            SetupError: The folder cannot be used.
        """
        return cls(Keystore(folder), now)

    def ca_certificates(self) -> list[bytes]:
        """DER of every generation of the CAs for user authentication, oldest first; makes the first one if needed.

        These are the anchors of the server, and how the counter tells its own cards from real ones. The CA of cards of
        the next generation is among them once such a card was issued. The CA of the 署名用 certificates is no anchor:
        it never vouches for a visit.

        Raises:
            SetupError: The key store cannot be used, or holds something that is no CA.
        """
        self.authorities.current(AUTH)
        return [issuer.der for kind in (AUTH, NEXT_AUTH) for issuer in self.authorities.generations(kind)]

    def card_image_path(self, persona: Persona | str, variant: Variant | str = Variant.PLASTIC) -> Path:
        """Where the persona's card of a kind lies, issued or not: `taro.json`, `taro.face-only.json`.

        Raises:
            UnknownPersonaError: There is no persona of that name.
            ValueError: There is no variant of that name.
        """
        return self._cards.path(_resolve(persona).name, Variant(variant))

    def card(self, persona: Persona | str, variant: Variant | str = Variant.PLASTIC) -> CardImage:
        """The persona's card of a kind with the tries it has left. Issued on first use, and again when its CA is gone.

        Where the persona's file wants a certificate in a certain state (in grace, expired, …), the card gets a new
        certificate for the same key when time has moved the old one out of it, and is revoked where the file says so.
        An ordinary card is left to expire: that is something to rehearse.

        Raises:
            UnknownPersonaError: There is no persona of that name.
            ValueError: There is no variant of that name.
            SetupError: The key store cannot be used, or holds something that is no card.
        """
        persona, variant = _resolve(persona), Variant(variant)
        image = self._cards.load(persona.name, variant)
        if image is None or not (self._is_ours(image) and self._is_as_planned(image, persona)):
            with self._keystore.locked():
                image = self._cards.load(persona.name, variant)  # another program may have been quicker
                if image is None or not self._is_ours(image):
                    image = self._made(persona, variant)
                    self._cards.save(persona.name, variant, image)
                elif not self._is_as_planned(image, persona):
                    image = self._renewed(image, persona, variant)
                    self._cards.save(persona.name, variant, image)
        self._revoke_as_planned(image, persona)
        return image

    def reset_card(self, persona: Persona | str, variant: Variant | str = Variant.PLASTIC) -> CardImage:
        """The persona's card of a kind as new: PIN, password and tries as the persona says.

        Keys and certificate stay while the certificate is good; otherwise a new card is issued. A damaged card file is
        replaced. A revocation is taken back unless the persona's file asks for it. Other kinds of card of the persona
        stay as they are. Raises as `card`.
        """
        persona, variant = _resolve(persona), Variant(variant)
        own = Variant.NEXT_GENERATION if variant is Variant.NEXT_GENERATION else Variant.PLASTIC
        with self._keystore.locked():
            source = self._usable(persona, own)
            if source is None or not self._is_good(source, persona):
                source = self._maker.issue(persona, own)
            image = as_variant(as_new(source, persona), variant)
            self._cards.save(persona.name, variant, image)
            if persona.card.certificate not in (REVOKED, REVOKED_OCSP):
                self.reinstate(persona)
        self._revoke_as_planned(image, persona)
        return image

    def phone(self, persona: Persona | str) -> PhoneCredential:
        """Key and certificate on the persona's smartphone (`mock_server.phones`). Issued on first use.

        Raises:
            UnknownPersonaError: There is no persona of that name.
            SetupError: The key store cannot be used.
        """
        return self._phones.credential(_resolve(persona))

    def revoke(
        self,
        persona: Persona | str,
        *,
        crl: bool = True,
        reason: str = "key_compromise",
        phone: bool = False,
        at: datetime | None = None,
    ) -> None:
        """Revoke what was issued to the persona, from `at` (None: now) on: every kind of card, or the phone's.

        With `crl` False only OCSP knows of it, as between two publications.

        Raises:
            UnknownPersonaError: There is no persona of that name.
            ValueError: `reason` is no word of `revocation.register.REASONS`.
            SetupError: The key store cannot be used.
        """
        for generation, serial in self._issued_to(persona, phone=phone):
            self.jlis.register.revoke(generation, serial, at or self._now(), reason=reason, on_crl=crl)

    def reinstate(self, persona: Persona | str, *, phone: bool = False) -> None:
        """Take back what `revoke` did, as only a rehearsal can. Raises as `revoke`."""
        for generation, serial in self._issued_to(persona, phone=phone):
            self.jlis.register.reinstate(generation, serial)

    def export_trust(self, days: int) -> bytes:
        """CA certificates and CRLs good for `days` (1 to 3650), in PEM, for another installation's `--trust`.

        Raises:
            ValueError: `days` is not between these.
            SetupError: The key store cannot be used.
        """
        return exported_trust(self.jlis, self.ca_certificates(), self._now(), days)

    @staticmethod
    def serial_number(persona_name: str, issue: int = 1) -> int:
        """The serial number of the persona's certificate (`mock_server.serials`)."""
        return serial_number(persona_name, issue)

    # ── issuing ──

    def _made(self, persona: Persona, variant: Variant) -> CardImage:
        if variant in WITH_OWN_KEYS:
            return self._maker.issue(persona, variant)
        return as_variant(as_new(self.card(persona), persona), variant)

    def _renewed(self, image: CardImage, persona: Persona, variant: Variant) -> CardImage:
        """The same card with the certificate it should have today; spent tries stay spent."""
        if variant not in WITH_OWN_KEYS:
            source = self.card(persona)
            return with_auth(image, source.auth_certificate, source.files[source.layout.auth.ca_certificate].content)
        try:
            return self._maker.renew(image, persona)
        except ValueError as error:
            path = str(self.card_image_path(persona, variant))
            raise SetupError("setup.card.damaged", path=path, persona=persona.name) from error

    def _revoke_as_planned(self, image: CardImage, persona: Persona) -> None:
        certificate = auth_certificate_of(image)
        if persona.card.certificate not in (REVOKED, REVOKED_OCSP) or certificate is None:
            return
        issuer = self._issuer_of(certificate)
        if issuer is not None:
            on_crl = persona.card.certificate == REVOKED
            ensure_revoked(self.jlis.register, issuer.name, certificate, self._now(), on_crl=on_crl)

    def _issued_to(self, persona: Persona | str, *, phone: bool) -> list[tuple[str, int]]:
        """Generation and serial number of everything the persona may have been issued; makes the CA if needed."""
        serial = phone_serial if phone else serial_number
        number = serial(_resolve(persona).name)
        self.authorities.current(AUTH)
        kinds = (AUTH,) if phone else (AUTH, NEXT_AUTH)
        return [(issuer.name, number) for kind in kinds for issuer in self.authorities.generations(kind)]

    # ── cards on disk ──

    def _usable(self, persona: Persona, variant: Variant) -> CardImage | None:
        """The card on disk, or None where there is none, a damaged one, or one of somebody else."""
        try:
            image = self._cards.load(persona.name, variant)
        except SetupError:
            return None
        return image if image is not None and self._is_ours(image) else None

    def _is_ours(self, image: CardImage) -> bool:
        """Whether a CA of ours issued the certificate on the card; a card without any is nobody else's either."""
        try:
            certificate = known_by(image)
        except ValueError:
            return False
        return certificate is None or self._issuer_of(certificate) is not None

    def _issuer_of(self, certificate: x509.Certificate) -> Issuer | None:
        issuers = (one for kind in (AUTH, NEXT_AUTH, SIGN) for one in self.authorities.generations(kind))
        return next((issuer for issuer in issuers if is_signed_by(certificate, issuer.certificate)), None)

    def _is_as_planned(self, image: CardImage, persona: Persona) -> bool:
        """Whether a card need not be renewed: only states that a persona's file names are kept up."""
        return persona.card.certificate == VALID or self._is_good(image, persona)

    def _is_good(self, image: CardImage, persona: Persona) -> bool:
        certificate = auth_certificate_of(image)
        return certificate is None or is_in(persona.card.certificate, certificate, self._now())


def _resolve(persona: Persona | str) -> Persona:
    return find_persona(persona) if isinstance(persona, str) else persona
