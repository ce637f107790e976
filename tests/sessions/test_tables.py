"""Files of spreadsheets: read whatever wrote them, faults by line, bounded queries, written once."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from discussion_ext.api import sessions
from discussion_ext.data import SessionData
from discussion_ext.sessions import tables

from .conftest import COURSE

NEEDED = ("learner", "sitting")
KIND = sessions.ImportKind


def _read(data: bytes) -> list[tuple[int, dict[str, str]]]:
    return [(line.number, dict(line.cells)) for line in tables.read_table(data, needed=NEEDED, known=NEEDED)]


class TestReading:
    """What spreadsheets write."""

    @pytest.mark.parametrize(
        "data",
        [
            b"learner,sitting\nam\xc3\xa9lie,1\n",
            b"\xef\xbb\xbflearner,sitting\r\nam\xc3\xa9lie,1\r\n",
            "learner;sitting\r\namélie;1\r\n".encode("cp1252"),
            "learner\tsitting\r\namélie\t1\r\n".encode("utf-16"),
            'Sitting , LEARNER\n 1 ,"amélie"\n'.encode(),
            "learner,note,sitting\namélie,ignored,1\n".encode(),
        ],
    )
    def test_encodings_marks_and_delimiters(self, data: bytes) -> None:
        """All of them say the same."""
        assert _read(data) == [(2, {"learner": "amélie", "sitting": "1"})]

    def test_empty_lines_and_long_cells_keep_the_numbers_of_the_file(self) -> None:
        """A cell over three lines counts as three: what an editor shows is what we say."""
        data = b'learner,sitting\n\n"a\nb\nc",1\n,,\nd,2\n'
        assert [number for number, _cells in _read(data)] == [3, 7]

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"", "The file is empty."),
            (b"PK\x03\x04\x00", "This is no table."),
            (b"learner\nx\n", "names no column sitting"),
            (b"learner,sitting,learner\n", "names a column twice: learner"),
            (b"learner,sitting\nx," + b"y" * 10_001, "Line 2 is too long"),
            (b"learner,sitting\n" + b"x,1\n" * 20_001, "A file may have 20000 lines"),
            (b"x" * 4_000_001, "larger than 4 MB"),
        ],
    )
    def test_what_is_no_table(self, data: bytes, said: str) -> None:
        """One sentence, with the line where there is one."""
        with pytest.raises(sessions.TableError) as refused:
            _read(data)
        assert said in refused.value.message

    @pytest.mark.parametrize("cell", ["=1+1", "+31 6", "-1", "@x", "\tx", "\rx", "plain", "'=1"])
    def test_formulas_are_disarmed_and_read_back(self, cell: str) -> None:
        """What we wrote comes back as it was."""
        line = sessions.write_line([cell])
        (written,) = next(csv.reader(io.StringIO(line, newline="")))
        assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert tables.rearm(written) == (cell[1:] if cell == "'=1" else cell)


@pytest.mark.django_db
class TestLookingOver:
    """Faults by line; nothing is written."""

    @pytest.mark.parametrize(
        ("cells", "said"),
        [
            ("X,offline,2027-03-28 02:30,Europe/Amsterdam", "start: The clocks go forward that night"),
            ("X,offline,2027-10-31 02:30,Europe/Amsterdam", "which_hour: The clocks go back that night"),
            ("X,offline,2027-01-01 19:00,Europe/Atlantis", "zone: No time zone has this name."),
            ("X,outside,2027-01-01 19:00,UTC", "mode: Write offline, online or hybrid."),
            ("X,offline,03/12/2027,UTC", "start: Write the local time as 2026-12-03 19:00"),
            ("X,offline,2027-01-01,UTC", "start: Write the local time"),
            ("X,offline,2027-01-01T19:00+01:00,UTC", "without an offset"),
            (",offline,2027-01-01 19:00,UTC", "title: Give the meeting a title."),
            ("X,offline,2027-01-01 19:00,UTC,,,,nobody", "host: Nobody of this course"),
            ("X,offline,2027-01-01 19:00,UTC,0", "minutes: This is a whole number from 1"),
            ("X,offline,2027-01-01 19:00,UTC,,-2", "capacity: Write a whole number"),
            ("X,offline,2027-01-01 19:00,UTC,,,javascript:x", "link: Give a whole address"),
            ("X,offline,2027-01-01 19:00,UTC,,,,,999", "sitting: There is no sitting 999"),
        ],
    )
    def test_faults_of_sittings_name_line_and_column(self, session: SessionData, cells: str, said: str) -> None:
        """The line after it is fine all the same."""
        head = "title,mode,start,zone,minutes,capacity,link,host,sitting"
        data = f"{head}\n{cells}\nFine,online,2027-01-02 19:00,UTC\n".encode()
        found = sessions.read_file(kind=KIND.SITTINGS, session_id=session.id, data=data, actor_id=1)
        assert found.valid == 1
        ((number, message),) = found.faults
        assert number == 2
        assert said in message
        assert sessions.list_sittings(session.id) == []

    def test_an_hour_that_comes_twice_is_told_apart_by_a_column(self, session: SessionData, run: Any) -> None:
        """And what is written can be read in again without a change."""
        head = "title,mode,start,zone,which_hour"
        lines = "A,online,2027-10-31 02:30,Europe/Amsterdam,first\nB,online,2027-10-31 02:30,Europe/Amsterdam,second\n"
        _take(session, KIND.SITTINGS, f"{head}\n{lines}".encode(), run)
        instants = [f"{each.meeting.starts_at:%H:%M}" for each in sessions.list_sittings(session.id)]
        assert instants == ["00:30", "01:30"]

    def test_the_same_sitting_twice(self, session: SessionData, add: Any) -> None:
        """In the file, and of one that is there: reading a file in twice adds nothing."""
        present = add()
        local = f"{present.meeting.starts_local:%Y-%m-%d %H:%M}"
        lines = [
            "A,online,2027-01-01 10:00,UTC",
            "a,online,2027-01-01 10:00,UTC",
            f"Evening,online,{local},Africa/Nairobi",
        ]
        data = "\n".join(["title,mode,start,zone", *lines])
        found = sessions.read_file(kind=KIND.SITTINGS, session_id=session.id, data=data.encode(), actor_id=1)
        assert [number for number, _said in found.faults] == [3, 4]
        assert "sitting of line 2 again" in found.faults[0][1]

    def test_ten_thousand_lines_with_mixed_faults(
        self, session: SessionData, add: Any, course_key: Any, django_assert_max_num_queries: Any
    ) -> None:
        """Every fault has its line; the queries grow with hundreds of lines; nothing is written."""
        from django.contrib.auth.models import User

        from common.djangoapps.student.models import CourseEnrollment

        sitting, cancelled = add(), add(title="Cancelled")
        sessions.cancel_sitting(sitting_id=cancelled.id, actor_id=None, reason="Ill.")
        accounts = User.objects.bulk_create(
            User(username=f"person{n}", email=f"person{n}@example.org") for n in range(5000)
        )
        CourseEnrollment.objects.bulk_create(
            CourseEnrollment(user=user, course_id=COURSE, is_active=True) for user in accounts
        )
        kinds = {
            0: lambda n: f"person{n % 5000},{sitting.id}",
            1: lambda n: f"PERSON{n % 5000}@example.org,Evening",
            2: lambda n: f"stranger{n},{sitting.id}",
            3: lambda n: f"person{n % 5000},{cancelled.id}",
            4: lambda n: f",{sitting.id}",
        }
        lines = [kinds[n % 5](n) for n in range(10_000)]
        data = ("learner,sitting\n" + "\n".join(lines) + "\n").encode()
        with django_assert_max_num_queries(80):
            found = sessions.read_file(kind=KIND.SEATS, session_id=session.id, data=data, actor_id=1)
        faults = dict(found.faults)
        assert found.valid == 2000
        assert found.valid + len(faults) == 10_000
        assert faults[4] == "learner: Nobody who is enrolled has this username or e-mail address."
        assert "cancelled" in faults[5]
        assert faults[6] == "learner: Write an e-mail address or a username."
        assert faults[5002] == "learner: This is the learner of line 2 again."
        assert sessions.get_sitting(sitting.id).meeting.seats_taken == 0

    def test_a_file_is_kept_for_a_day(self, session: SessionData, at: Any) -> None:
        """Then it is gone, and the sweep deletes it."""
        from datetime import timedelta

        from discussion_ext.models import SittingImport
        from people import api as people

        found = sessions.read_file(kind=KIND.SEATS, session_id=session.id, data=b"learner,sitting\n", actor_id=1)
        at(found.expires_at + timedelta(seconds=1))
        with pytest.raises(sessions.TableExpiredError):
            sessions.confirm_file(token=found.token, actor_id=1, session_id=session.id)
        people.run_job("discussion_ext.place_learners")
        assert SittingImport.objects.count() == 0


def _take(session: SessionData, kind: Any, data: bytes, run: Any) -> Any:
    found = sessions.read_file(kind=kind, session_id=session.id, data=data, actor_id=1)
    sessions.confirm_file(token=found.token, actor_id=1, session_id=session.id)
    run()
    return sessions.find_file(token=found.token, actor_id=1, session_id=session.id)


@pytest.mark.django_db
class TestWriting:
    """Confirmed once, written once, whatever interrupts it."""

    def test_what_is_refused_meanwhile_is_said_by_line(
        self, session: SessionData, add: Any, learner: int, peer: int, run: Any, own: Any
    ) -> None:
        """A sitting of one seat: the second line is left out."""
        sitting = add(capacity=1)
        data = f"learner,sitting\namara,{sitting.id}\ntomas,{sitting.id}\n".encode()
        done = _take(session, KIND.SEATS, data, run)
        assert done.is_finished
        assert [number for number, _said in done.left_out] == [3]
        assert (done.written, done.done, done.valid) == (1, 2, 2)
        assert own(peer).sitting is None

    def test_what_was_interrupted_goes_on(
        self, session: SessionData, run: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The second line fails once; the first is not written again."""
        from discussion_ext.sessions import imports

        real, calls = imports.add_sitting, []

        def sometimes(**values: Any) -> Any:
            calls.append(values["plan"].title)
            if calls == ["A", "B"]:
                raise RuntimeError
            return real(**values)

        monkeypatch.setattr(imports, "add_sitting", sometimes)
        data = b"title,mode,start,zone\nA,online,2027-01-01 10:00,UTC\nB,online,2027-01-02 10:00,UTC\n"
        found = sessions.read_file(kind=KIND.SITTINGS, session_id=session.id, data=data, actor_id=1)
        sessions.confirm_file(token=found.token, actor_id=1, session_id=session.id)
        run()
        assert [each.meeting.title for each in sessions.list_sittings(session.id)] == ["A"]
        from people import api as people
        from people.models import Errand

        Errand.objects.update(due_at="2020-01-01T00:00:00Z")
        people.run_errands()
        assert [each.meeting.title for each in sessions.list_sittings(session.id)] == ["A", "B"]
        assert calls == ["A", "B", "B"]

    def test_an_export_of_sittings_reads_in_without_a_change(
        self, session: SessionData, add: Any, staff: int, run: Any, client: Any, django_user_model: Any, settings: Any
    ) -> None:
        """Round trip: every column, and no new sitting."""
        from django.urls import reverse

        from discussion_ext import api as cases

        settings.DISCUSSION_EXT_ACT_LIMITS = {"export": ""}
        cases.set_on(COURSE, True, actor_id=None)
        before = add(title="=Evil", host_id=staff, capacity=7, link="https://meet.example.org/x")
        client.force_login(django_user_model.objects.get(pk=staff))
        url = reverse("discussion_ext:session_export", args=[str(COURSE), session.id, "sittings"])
        data = b"".join(client.get(url).streaming_content)
        done = _take(session, KIND.SITTINGS, data, run)
        assert done.faults == []
        (after,) = sessions.list_sittings(session.id)
        assert after == before
