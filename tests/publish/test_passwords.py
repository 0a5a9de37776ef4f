import logging
import os
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from shutil import which
from zipfile import ZipFile

import msoffcrypto
import pytest
from msoffcrypto.exceptions import InvalidKeyError
from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError
from sample_plan import sample

from dispatch.config import Messages
from dispatch.errors import ConfigError
from dispatch.intake.notices import describe
from dispatch.publish import publish
from dispatch.publish.passwords import Kind, Passwords, Secret

EMPLOYER, TOWNSHIP, CITY, TRIP = "Geheim-Betrieb-7", "口令-文峰镇-2026", 'Geheim,Stadt"9', "Geheim-Fahrt-11"
WORDS = (EMPLOYER, TOWNSHIP, CITY, TRIP)
FILE = f"""audience,recipient,password
employer,../../x,{EMPLOYER}
township,陇西县 文峰镇,{TOWNSHIP}

city,青岛,"Geheim,Stadt""9"
vehicle,F-1,{TRIP}
"""
ALL = "audience,recipient,password\n" + "".join(f"{kind},*,{EMPLOYER}\n" for kind in Kind)
ALL_FORMATS = ("xlsx", "pdf", "csv", "html", "ics")
LOAD = """
import sys, time, uno
from com.sun.star.beans import PropertyValue
resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
for _ in range(120):
    try:
        context = resolver.resolve(f"uno:pipe,name={sys.argv[1]};urp;StarOffice.ComponentContext")
        break
    except Exception:
        time.sleep(0.5)
desktop = context.ServiceManager.createInstance("com.sun.star.frame.Desktop")
book = desktop.loadComponentFromURL(
    sys.argv[2], "_blank", 0, (PropertyValue("Hidden", 0, True, 0), PropertyValue("Password", 0, sys.argv[3], 0))
)
sheet = book.Sheets.getByIndex(0)
cursor = sheet.createCursor()
cursor.gotoEndOfUsedArea(False)
area = sheet.getCellRangeByPosition(0, 0, cursor.RangeAddress.EndColumn, cursor.RangeAddress.EndRow)
print("\\n".join(cell for row in area.DataArray for cell in map(str, row) if cell))
book.close(True)
desktop.terminate()
"""


def made(folder, content=FILE, *, only=frozenset({"manifests", "slips"}), heard=None, **more):
    folder.mkdir(parents=True, exist_ok=True)
    if content:
        write(folder / "secret.csv", content)
        more["passwords"] = "../secret.csv"
    plan, inputs, settings = sample(folder, **{"slips": "nine", "formats": ALL_FORMATS, **more})
    hear = None if heard is None else heard.append
    publish(plan, inputs, settings, only=only, unmask=False, progress=lambda *_: None, hear=hear)
    return settings.out, inputs.workers


def write(path, content, mode=0o600):
    path.write_text(content, encoding="utf-8")
    path.chmod(mode)


@pytest.fixture(scope="module")
def protected(tmp_path_factory):
    return made(tmp_path_factory.mktemp("protected"))


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """The same plan with nothing protected."""
    return made(tmp_path_factory.mktemp("open"), None)


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """Everything under a password that can be, every part written."""
    return made(tmp_path_factory.mktemp("closed"), ALL, only=None, messages=Messages())


def names(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def unlocked(path, word):
    file = msoffcrypto.OfficeFile(BytesIO(path.read_bytes()))
    file.load_key(password=word, verify_password=True)
    plain = BytesIO()
    file.decrypt(plain)
    return plain.getvalue()


def read(path, word=None):
    reader = PdfReader(path)
    if word:
        assert reader.decrypt(word)
    return "".join(page.extract_text() for page in reader.pages)


def locks(folder):
    """Path without suffix and word of everything that is to be protected."""
    (employer,) = {p.stem for p in (folder / "manifests/employer").iterdir() if p.name.startswith("x_")}
    return {
        f"manifests/employer/{employer}": EMPLOYER,
        "manifests/township/陇西县_文峰镇": TOWNSHIP,
        "slips/陇西县_文峰镇": TOWNSHIP,
        "manifests/city/青岛/2023-02-01_T-G2093-0201": CITY,
        "manifests/vehicle/2023-02-01_F-1": TRIP,
        "manifests/papers/2023-02-01_F-1": TRIP,
        "manifests/handover/2023-02-01_W0004": TRIP,
    }


def test_a_recipient_with_a_password_gets_no_csv_and_nobody_else_loses_a_file(protected, opened):
    missing = names(opened[0]) - names(protected[0])
    assert missing == {f"{stem}.csv" for stem in locks(protected[0]) if not stem.startswith("slips")}
    assert names(protected[0]) <= names(opened[0])


def test_a_protected_workbook_holds_the_bytes_of_the_open_one(protected, opened):
    books = {stem: word for stem, word in locks(protected[0]).items() if not stem.startswith("slips")}
    for stem, word in books.items():
        assert unlocked(protected[0] / f"{stem}.xlsx", word) == (opened[0] / f"{stem}.xlsx").read_bytes()


def test_a_protected_document_says_what_the_open_one_says(protected, opened):
    for stem, word in locks(protected[0]).items():
        assert read(protected[0] / f"{stem}.pdf", word) == read(opened[0] / f"{stem}.pdf")


def test_everything_else_is_the_same_to_the_byte(protected, opened):
    others = {name for name in names(protected[0]) if name.rpartition(".")[0] not in locks(protected[0])}
    assert len(others) > 40
    for name in others:
        assert (protected[0] / name).read_bytes() == (opened[0] / name).read_bytes()


def test_no_protected_file_opens_without_its_own_password(protected):
    for stem, word in locks(protected[0]).items():
        wrong = next(other for other in WORDS if other != word)
        document = PdfReader(protected[0] / f"{stem}.pdf")
        assert document.is_encrypted
        assert not document.decrypt(wrong)
        with pytest.raises(FileNotDecryptedError):
            document.pages[0].extract_text()
        if not stem.startswith("slips"):
            with pytest.raises(InvalidKeyError):
                unlocked(protected[0] / f"{stem}.xlsx", wrong)


def test_documents_are_encrypted_by_aes_of_256_bits(protected):
    lock = PdfReader(protected[0] / "slips/陇西县_文峰镇.pdf").trailer["/Encrypt"]
    assert (lock["/V"], lock["/R"], lock["/CF"]["/StdCF"]["/CFM"]) == (5, 6, "/AESV3")


def test_an_office_program_opens_a_protected_workbook_with_its_password(protected, tmp_path):
    system = Path("/usr/bin/python3")
    if (
        not which("soffice")
        or subprocess.run([system, "-c", "import uno"], capture_output=True, check=False).returncode
    ):
        pytest.skip("needs LibreOffice with its Python bridge")
    book = protected[0] / "manifests/vehicle/2023-02-01_F-1.xlsx"
    profile, pipe = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", f"passwords{os.getpid()}"
    office = subprocess.Popen(["soffice", profile, "--headless", f"--accept=pipe,name={pipe};urp;"])
    try:
        command = [system, "-c", LOAD, pipe, book.as_uri(), TRIP]
        said = subprocess.run(command, check=True, capture_output=True, timeout=120, text=True).stdout
    finally:
        office.terminate()
        office.wait(60)
    aboard = [w.name for w in protected[1] if w.boarding_stop in ("S1", "S2")]
    assert len(aboard) == 26
    assert [name for name in aboard if name not in said] == []


def test_an_office_program_does_not_open_it_without(protected, tmp_path):
    if not which("soffice"):
        pytest.skip("needs LibreOffice")
    book = protected[0] / "manifests/vehicle/2023-02-01_F-1.xlsx"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "csv", "--outdir", tmp_path, book]
    subprocess.run(command, check=False, capture_output=True, timeout=120)
    assert not list(tmp_path.glob("*.csv"))


def readable(path):
    """What a file says to somebody without a password."""
    if path.suffix == ".pdf":
        document = PdfReader(path)
        return "" if document.is_encrypted else "".join(page.extract_text() for page in document.pages)
    if path.suffix == ".xlsx" and path.read_bytes()[:2] == b"PK":
        with ZipFile(path) as book:
            return "\n".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    return path.read_bytes().decode("utf-8", "replace")


def test_where_everybody_has_a_password_no_open_file_names_anybody_but_the_gateways(closed):
    folder, workers = closed
    people = [w for w in workers[4:] if len(w.name) > 2]  # of two characters one may stand in other words
    assert len(people) > 5
    naming = {
        path.relative_to(folder).parts[0]
        for path in folder.rglob("*")
        if path.is_file() and any(w.name in (said := readable(path)) or w.phone in said for w in people)
    }
    assert naming == {"messages"}


def test_a_password_is_in_no_file_no_log_and_no_output(tmp_path, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    folder, _ = made(tmp_path, only=None, messages=Messages())
    for path in (p for p in folder.rglob("*") if p.is_file()):
        held = path.read_bytes()
        assert not [word for word in WORDS if word.encode() in held or word.encode("utf-16-le") in held]
    said = caplog.text + "".join(capfd.readouterr())
    assert not [word for word in WORDS if word in said]


def test_a_secret_is_not_shown_by_accident():
    keys = Passwords({(Kind.CITY, "青岛"): Secret(CITY)})
    assert CITY not in f"{keys}{keys!r}{list(keys.secrets.values())}"


def test_what_is_left_out_is_told_once_for_each_kind_of_recipient(tmp_path):
    heard = []
    made(tmp_path, heard=heard)
    assert [(n.code, n.value, n.file) for n in heard] == [
        ("publish_protected", kind, "secret.csv") for kind in ("city", "employer", "township", "vehicle")
    ]
    quiet = []
    made(tmp_path / "other", heard=quiet, formats=("xlsx", "pdf"))
    assert quiet == []


def test_a_name_of_its_own_goes_before_the_star():
    keys = Passwords({(Kind.CITY, "*"): Secret("all"), (Kind.CITY, "青岛"): Secret("own")})
    from dispatch.publish.passwords import Recipient  # noqa: PLC0415

    assert keys.of(Recipient.city("青岛")) == Secret("own")
    assert keys.of(Recipient.city("上海")) == Secret("all")
    assert Passwords({}).of(Recipient.city("上海")) is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("employers,E1,longenough1", "unknown audience; give one of employer, township, county, city, vehicle"),
        ("employer,青岛海湾电子有限公,longenough1", "no such employer.*nearest: 青岛海湾电子有限公司"),
        ("employer,longenough1,E1", "no such employer"),
        ("township,文峰镇,longenough1", "nobody is from such a township"),
        ("county,陇县,longenough1", "nobody is from such a county.*nearest: 陇西县"),
        ("city,北京,longenough1", "no such receiving city"),
        ("vehicle,F-9,longenough1", "no such trip in this plan.*nearest: F-"),
        ("city,青岛,long", "the password is too short; use 8 characters or more"),
        ("city,青岛", "the password is too short"),
        ("city, 青 岛,longenough1\ncity,青岛,longenough1", "the recipient stands there twice"),
        ("employer,E1,longenough1\nemployer,青岛海湾电子有限公司,longenough1", "the recipient stands there twice"),
        ("city,,longenough1", "no such receiving city"),
    ],
)
def test_a_bad_line_is_refused_by_its_number_and_never_quoted(tmp_path, row, said):
    with pytest.raises(ConfigError, match=f"(?s)secret.csv line [23]: {said}") as refused:
        made(tmp_path, f"audience,recipient,password\n{row}\n", language="en")
    assert "longenough1" not in str(refused.value)
    assert not (tmp_path / "out").exists()


def named(folder, row, change):
    """Publish with a row of passwords and changed inputs."""
    write(folder / "secret.csv", f"audience,recipient,password\n{row},longenough1\n")
    plan, inputs, settings = sample(folder, "en", passwords="../secret.csv", formats=("xlsx",))
    counties = {"渭源县": "陇西县"} if change is twins else {}
    costs = (replace(c, sending_county=counties.get(c.sending_county, c.sending_county)) for c in plan.costs)
    plan = replace(plan, costs=tuple(costs))
    publish(plan, change(inputs), settings, only=frozenset({"manifests"}), unmask=False, progress=lambda *_: None)
    return settings.out / "manifests"


def renamed(inputs):
    """E1 is called like the id of another, E5 like E6."""
    called = {"E1": "E2", "E5": "上海松江服装厂"}
    employers = (replace(e, name=called.get(e.employer_id, e.name)) for e in inputs.employers)
    return replace(inputs, employers=tuple(employers))


def twins(inputs):
    """渭源县 is a second 陇西县, with a 文峰镇 of its own."""
    homes = {"渭源县": ("陇西县", "文峰镇")}
    workers = []
    for w in inputs.workers:
        county, township = homes.get(w.home.county_name, (w.home.county_name, w.home.township_name))
        workers.append(replace(w, home=replace(w.home, county_name=county, township_name=township)))
    return replace(inputs, workers=tuple(workers))


@pytest.mark.parametrize(
    ("row", "change", "instead"),
    [
        ("employer,E2", renamed, "../../x, E1, *"),
        ("employer,上海松江服装厂", renamed, "E5, E6, *"),
        ("county,陇西县", twins, "621122, 621123, *"),
        ("township,陇西县 文峰镇", twins, "621122文峰镇, 621123文峰镇, *"),
    ],
)
def test_a_name_of_more_than_one_is_refused_with_the_names_that_are_of_one(tmp_path, row, change, instead):
    with pytest.raises(ConfigError) as refused:
        named(tmp_path, row, change)
    assert f"line 2: more than one answers to this name; give one of {instead}" in str(refused.value)


@pytest.mark.parametrize(
    ("row", "change", "kind"),
    [
        ("employer,E5", renamed, "employer"),
        ("county,621123", twins, "subsidy"),
        ("township,621123 文峰镇", twins, "township"),
    ],
)
def test_an_id_or_code_locks_the_files_of_that_one_only(tmp_path, row, change, kind):
    books = sorted((named(tmp_path, row, change)).rglob("*.xlsx"))
    locked = [path for path in books if path.read_bytes()[:2] != b"PK"]
    assert [path.parent.name for path in locked] == [kind]


def test_every_bad_line_is_named_at_once(tmp_path):
    with pytest.raises(ConfigError) as refused:
        made(tmp_path, "audience,recipient,password\na,b,c\ncity,青岛,longenough1\nd,e,f\n", language="en")
    assert [line.partition(": ")[0][-6:] for line in str(refused.value).splitlines()] == ["line 2", "line 4"]


def test_headings_may_be_chinese_and_in_any_order_and_from_excel(tmp_path):
    folder = tmp_path
    (folder / "secret.csv").write_bytes("口令,接收方,对象\nlongenough1,青岛,接收城市\n".encode("gb18030"))
    (folder / "secret.csv").chmod(0o600)
    plan, inputs, settings = sample(folder, passwords="../secret.csv")
    publish(plan, inputs, settings, only=frozenset({"manifests"}), unmask=False, progress=lambda *_: None)
    book = settings.out / "manifests/city/青岛/2023-02-01_T-G2093-0201.xlsx"
    assert unlocked(book, "longenough1").startswith(b"PK")


@pytest.mark.parametrize("heading", ["", "audience,recipient", "who,recipient,password"])
def test_a_file_without_its_headings_is_refused(tmp_path, heading):
    with pytest.raises(ConfigError, match="must name the columns audience,recipient,password"):
        made(tmp_path, f"{heading}\ncity,青岛,longenough1\n", language="en")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such modes")
@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_file_that_others_can_read_is_refused(tmp_path, mode):
    write(tmp_path / "secret.csv", FILE, mode)
    plan, inputs, settings = sample(tmp_path, "en", passwords="../secret.csv")
    with pytest.raises(ConfigError, match="run chmod 600"):
        publish(plan, inputs, settings, only=None, unmask=False, progress=lambda *_: None)


def test_a_file_that_is_missing_or_lies_among_the_publications_is_refused(tmp_path):
    for place, said in (("../none.csv", "cannot read"), ("../out/sample/secret.csv", "among the published files")):
        plan, inputs, settings = sample(tmp_path, "en", passwords=place)
        with pytest.raises(ConfigError, match=said):
            publish(plan, inputs, settings, only=None, unmask=False, progress=lambda *_: None)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no queues here")
def test_a_queue_in_the_place_of_the_file_is_refused_and_waits_for_nobody(tmp_path):
    os.mkfifo(tmp_path / "secret.csv", 0o600)
    plan, inputs, settings = sample(tmp_path, "en", passwords="../secret.csv")
    with pytest.raises(ConfigError, match="not a regular file"):
        publish(plan, inputs, settings, only=None, unmask=False, progress=lambda *_: None)


def test_passwords_without_a_format_that_takes_them_are_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"add one of xlsx, pdf to publish\.formats"):
        write(tmp_path / "secret.csv", FILE)
        plan, inputs, settings = sample(tmp_path, "en", passwords="../secret.csv", formats=("csv",))
        publish(plan, inputs, settings, only=None, unmask=False, progress=lambda *_: None)


@pytest.mark.parametrize("part", ["report", "gtfs", "arrivals"])
def test_a_stale_row_stops_what_is_protected_and_nothing_else(tmp_path, part):
    stale = "audience,recipient,password\nvehicle,F-999,longenough1\n"
    out, _ = made(tmp_path, stale, only=frozenset({part}))
    assert names(out)
    for protected in ("manifests", "slips"):
        with pytest.raises(ConfigError, match=r"secret\.csv"):
            made(tmp_path, stale, only=frozenset({part, protected}))


def left_open(folder, **more):
    heard = []
    made(folder, ALL, heard=heard, **more)
    found = [n for n in heard if n.code == "publish_left_open"]
    assert all(describe(n, "en")[0].startswith(f"{n.file} was not written anew, and {n.value} of") for n in found)
    return [(n.file, n.value) for n in found]


def test_open_files_of_an_earlier_time_are_told_until_they_are_written_anew(tmp_path):
    out, _ = made(tmp_path, None)
    slips = str(len(names(out / "slips")))
    lists = str(sum(not name.startswith(("arrival/", "packs/")) for name in names(out / "manifests")))
    assert left_open(tmp_path, only=frozenset({"report"})) == [("manifests/", lists), ("slips/", slips)]
    assert left_open(tmp_path, only=frozenset({"manifests"})) == [("slips/", slips)]
    assert left_open(tmp_path, only=frozenset({"manifests"}), slips="none") == [("slips/", slips)]
    assert left_open(tmp_path, only=frozenset({"slips"})) == []
    assert left_open(tmp_path, only=frozenset({"report"})) == []
