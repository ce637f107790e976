"""Courses come in whole or not at all, and go out as they came."""

import io
import shutil
import tarfile
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from lxml import etree

from embedded_host.courses import olx_source
from embedded_host.courses.assets import course_folder
from embedded_host.models import Block, Course
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
from tests.host.host_course import COURSE_KEY, OLX
from xmodule.modulestore.django import COURSE_PUBLISHED, modulestore

TYPES = {
    "course": 1,
    "chapter": 1,
    "sequential": 1,
    "vertical": 2,
    "html": 2,
    "host_probe": 1,
    "problem": 1,
    "rocket": 1,
}


@pytest.fixture
def olx(tmp_path):
    """Return a copy of the course that a test may break."""
    return shutil.copytree(OLX, tmp_path / "olx")


def run_import(path, **options):
    out = io.StringIO()
    call_command("import_course", str(path), stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db
def test_everything_comes_in_and_the_report_says_so(django_capture_on_commit_callbacks):
    published = []

    def listen(sender, course_key, **kwargs):
        published.append(course_key)

    COURSE_PUBLISHED.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            report = run_import(OLX)
    finally:
        COURSE_PUBLISHED.disconnect(listen)
    assert published == [COURSE_KEY]
    counts = Counter(block.location.block_type for block in modulestore().get_descendants(_root()))
    assert counts == TYPES
    for block_type, count in TYPES.items():
        assert any(line.split()[:2] == [block_type, str(count)] for line in report.splitlines()), report
    assert "named placeholder" in next(line for line in report.splitlines() if line.strip().startswith("rocket"))
    assert "about/overview.html" in report
    assert "<wiki> of <course> kept for export" in report
    assert CourseOverview.objects.get(id=COURSE_KEY).display_name == "Cases"


def test_order_titles_and_settings_are_kept(course):
    unit = modulestore().get_item(course.make_usage_key("vertical", "unit1"))
    assert unit.display_name == "Unit & one"
    assert [child.block_id for child in unit.children] == ["hello", "probe", "p1", "moon"]
    root = modulestore().get_course(course)
    assert root.discussion_topics == {"General": {"id": "course"}}
    assert root.start.isoformat() == "2026-01-05T08:00:00+00:00"
    hello, probe, problem, rocket = unit.get_children()
    assert hello.display_name == "Hello again"
    assert "Grüße" in hello.data
    assert (probe.title, probe.limit, probe.xml_attributes) == ("Asked", 7, {"unknown_thing": "kept"})
    assert (problem.display_name, problem.weight) == ("Sum", 2.0)
    assert rocket.display_name == "To the moon"


def test_a_second_import_replaces_the_course_and_keeps_learners_work(course, enrolled, olx):
    from lms.djangoapps.courseware.models import StudentModule

    key = course.make_usage_key("host_probe", "probe")
    StudentModule.objects.create(student=enrolled, course_id=course, module_state_key=key, module_type="host_probe")
    (olx / "vertical/unit1.xml").write_text('<vertical><host_probe url_name="probe" title="New"/></vertical>')
    assert run_import(olx).startswith("Replaced course-v1:Org+C1+run: 7 blocks")
    assert modulestore().get_item(key).title == "New"
    assert StudentModule.objects.count() == 1


def test_export_gives_back_what_was_imported(course, tmp_path):
    call_command("export_course", str(course), str(tmp_path / "out"), stdout=io.StringIO())
    for name in ("html/hello.html", "static/my map.png", "about/overview.html"):
        assert (tmp_path / "out" / name).read_bytes() == (OLX / name).read_bytes()
    unit = etree.parse(str(tmp_path / "out/vertical/unit1.xml")).getroot()
    assert [child.tag for child in unit] == ["html", "host_probe", "problem", "rocket"]
    assert unit[1].get("unknown_thing") == "kept"
    assert dict(unit[3].attrib) == {"url_name": "moon", "display_name": "To the moon", "fuel": "full"}
    assert etree.tostring(unit[3][0], encoding="unicode") == '<stage n="1">text</stage>tail'
    root = etree.parse(str(tmp_path / "out/course/run.xml")).getroot()
    assert (root.get("made_up"), root.find("wiki").get("slug")) == ("kept", "Org.C1")
    assert '"nobody_reads": 1' in (tmp_path / "out/policies/run/policy.json").read_text()


@pytest.mark.parametrize("name", ["again", "again.tar.gz"])
def test_round_trip_changes_no_block(course, tmp_path, name):
    def snapshot():
        columns = ("branch", "usage_key", "block_type", "fields", "children", "definition")
        return sorted(Block.objects.values_list(*columns), key=str)

    before = snapshot()
    call_command("export_course", str(course), str(tmp_path / name), stdout=io.StringIO())
    run_import(tmp_path / name)
    assert snapshot() == before


def test_export_refuses_to_overwrite(course, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(CommandError, match="exists already"):
        call_command("export_course", str(course), str(tmp_path))
    assert (tmp_path / "file").read_text() == "mine"


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><vertical display_name="&b;"/>'
BROKEN = [
    ("vertical/unit1.xml", BOMB, "vertical/unit1.xml: a document type is not allowed"),
    (
        "vertical/unit1.xml",
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><vertical/>',
        "vertical/unit1.xml: a document type",
    ),
    ("vertical/unit1.xml", "<vertical><html", "vertical/unit1.xml: not well-formed XML"),
    ("vertical/unit1.xml", "<html/>", "vertical/unit1.xml: the root element is <html>, not <vertical>"),
    ("vertical/unit1.xml", '<vertical><html url_name="gone"/></vertical>', "html/gone.xml: missing file"),
    ("vertical/unit1.xml", '<vertical><html url_name="../../x"/></vertical>', "the path leaves the course folder"),
    ("html/hello.xml", '<html filename="../../../../etc/passwd"/>', "the path leaves the course folder"),
    ("html/hello.xml", '<html filename="gone"/>', "html/gone.html: missing file"),
    ("html/hello.html", b"\xff\xfe\xff", "html/hello.html: not UTF-8 text"),
    ("sequential/first.xml", '<sequential due="soon"/>', "sequential/first.xml: attribute due"),
    ("vertical/unit1.xml", '<vertical><host_probe url_name="a" limit="many"/></vertical>', "block host_probe cannot"),
    (
        "sequential/first.xml",
        '<sequential><vertical url_name="unit1"/><vertical url_name="unit1"/></sequential>',
        "'unit1' appears twice",
    ),
    ("chapter/week1.xml", '<chapter><chapter url_name="week1"/></chapter>', "'week1' appears twice"),
    ("policies/run/policy.json", "{", "policies/run/policy.json: not valid JSON"),
    ("policies/run/policy.json", "[" * 100_000, "policies/run/policy.json: not valid JSON"),
    ("policies/run/policy.json", "[]", "policies/run/policy.json: not a JSON object"),
    ("policies/run/policy.json", '{"vertical/unit1": {"due": 1e999}}', "policy.json: due"),
    (
        "vertical/unit1.xml",
        '<vertical><case_discussion url_name="a" position_points="NaN"/></vertical>',
        "vertical/unit1.xml: position_points of <case_discussion> must be a finite number",
    ),
    (
        "vertical/unit1.xml",
        '<vertical><problem url_name="p1" weight="Infinity"/></vertical>',
        "weight of <problem> must",
    ),
    (
        "policies/run/policy.json",
        r'{"course/run": {"discussion_topics": {"\ud800": {}}}}',
        "discussion_topics of <course> holds half a character",
    ),
    ("sequential/first.xml", '<sequential due="[soon"/>', "sequential/first.xml: attribute due"),
    ("course.xml", '<course url_name="run"/>', "course.xml: attributes org and course are needed"),
    ("course.xml", '<course url_name="r u n" org="O" course="C"/>', "no valid course key"),
    ("course.xml", "<library/>", "course.xml: the root element is <library>"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "content", "message"), BROKEN)
def test_what_is_wrong_is_named_and_nothing_is_written(olx, media_folder, name, content, message):
    (olx / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CommandError) as refusal:
        run_import(olx)
    assert message in str(refusal.value)
    assert not Course.objects.exists()
    assert not Block.objects.exists()
    assert not media_folder.exists()


@pytest.mark.django_db
def test_a_failed_import_leaves_the_course_as_it_was(course, olx):
    (olx / "html/hello.html").unlink()
    before = list(Block.objects.order_by("pk").values_list("pk", flat=True))
    with pytest.raises(CommandError):
        run_import(olx)
    assert list(Block.objects.order_by("pk").values_list("pk", flat=True)) == before
    assert (course_folder(course) / "static/my map.png").is_file()


@pytest.mark.django_db
def test_oversized_files_are_refused(olx, monkeypatch):
    monkeypatch.setattr(olx_source.CourseFolder.read, "__kwdefaults__", {"limit": 100})
    with pytest.raises(CommandError, match="more than the 100 allowed"):
        run_import(olx)
    assert not Course.objects.exists()


@pytest.mark.django_db
def test_links_are_refused(olx):
    (olx / "static/secret").symlink_to("/etc/passwd")
    with pytest.raises(CommandError, match="static/secret: links are not allowed"):
        run_import(olx)


def archive(path: Path, members) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for info, content in members:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def link(name: str, target: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, target
    return info


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("member", "message"),
    [
        (tarfile.TarInfo("../escape.xml"), "../escape.xml: the path leaves"),
        (tarfile.TarInfo("/abs.xml"), "/abs.xml: the path leaves"),
        (link("course/static/l", "/etc/passwd"), "only plain files and folders"),
    ],
)
def test_archives_with_a_way_out_are_refused(tmp_path, member, message):
    with pytest.raises(CommandError) as refusal:
        run_import(archive(tmp_path / "x.tar.gz", [(member, b"")]))
    assert message in str(refusal.value)
    assert not (tmp_path.parent / "escape.xml").exists()


@pytest.mark.django_db
def test_archives_that_unpack_to_too_much_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(olx_source, "MAX_TOTAL_BYTES", 50)
    members = [(tarfile.TarInfo(f"course/{number}.xml"), b"x" * 20) for number in range(5)]
    with pytest.raises(CommandError, match=r"course/2.xml: the export is larger"):
        run_import(archive(tmp_path / "x.tar.gz", members))


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_what_is_no_archive_is_named(tmp_path, content):
    (tmp_path / "x.tar.gz").write_bytes(content)
    with pytest.raises(CommandError, match=r"x\.tar\.gz: not a readable"):
        run_import(tmp_path / "x.tar.gz")


@pytest.mark.django_db
@pytest.mark.parametrize("ending", [b"\0" * 8, b""])
def test_an_archive_that_was_damaged_on_the_way_is_refused(olx, tmp_path, ending):
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as tar:
        tar.add(olx, "course")
    content = (tmp_path / "x.tar.gz").read_bytes()
    (tmp_path / "x.tar.gz").write_bytes(content[:-8] + ending)
    with pytest.raises(CommandError, match=r"^x\.tar\.gz: not a readable"):
        run_import(tmp_path / "x.tar.gz")
    assert not Course.objects.exists()


@pytest.mark.django_db
def test_an_archive_is_called_by_its_own_name(tmp_path):
    with pytest.raises(CommandError, match=r"^x\.tar\.gz: no course\.xml found in it"):
        run_import(archive(tmp_path / "x.tar.gz", [(tarfile.TarInfo("course/readme.txt"), b"x")]))
    twice = [(tarfile.TarInfo("a"), b""), (tarfile.TarInfo("a/b"), b"")]
    with pytest.raises(CommandError) as refusal:
        run_import(archive(tmp_path / "y.tar.gz", twice))
    assert str(refusal.value).startswith("y.tar.gz: not a readable")
    assert "course-import" not in str(refusal.value)


@pytest.mark.django_db
def test_a_path_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match="no such file or folder"):
        run_import(tmp_path / "gone")


@pytest.mark.django_db
def test_a_course_may_come_in_under_another_key():
    run_import(OLX, key="course-v1:Org+C1+copy")
    assert modulestore().get_course(COURSE_KEY) is None
    assert modulestore().get_items(COURSE_KEY.replace(run="copy"), qualifiers={"category": "host_probe"})


def _root():
    return COURSE_KEY.make_usage_key("course", "course")
