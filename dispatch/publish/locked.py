"""Files under a password. Salts are drawn anew each time, so that only their contents are the same on a second run."""

# ruff: noqa: PLC0415 - most offices protect nothing, and the two libraries take longer to load than a list to write

from __future__ import annotations

from io import BytesIO

from dispatch.publish.passwords import Secret


def locked_xlsx(content: bytes, secret: Secret | None) -> bytes:
    """The workbook encrypted as Office does it (agile, AES); as it is without a secret."""
    if secret is None:
        return content
    from msoffcrypto.format.ooxml import OOXMLFile

    protected = BytesIO()
    OOXMLFile(BytesIO(content)).encrypt(secret.value, protected)
    return protected.getvalue()


def locked_pdf(content: bytes, secret: Secret | None) -> bytes:
    """The document encrypted by AES-256, which ends its being PDF/A; as it is without a secret."""
    if secret is None:
        return content
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(BytesIO(content)))
    writer.encrypt(user_password=secret.value, algorithm="AES-256")
    protected = BytesIO()
    writer.write(protected)
    return protected.getvalue()
