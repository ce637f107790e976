"""What chapters have behind them when their walk begins: founded, joined, written in. Each act is the real call.

The texts are those of the demo; the people are the walk's own. Called by stage.py, inside the LMS's code.
"""

from __future__ import annotations

import json
from typing import Any

LEAD, SECOND, FIRST, SELLER, REPORTER, BANNED = "njeri", "otieno", "barasa", "makena", "rono", "jabali"
OTHER_LEADS = {"leerkring-utrecht": "saskia", "shanghai-xuexiquan": "junhao", "accra-first-teams": "efua"}
NAIROBI, ACCRA = "nairobi-evening", "accra-first-teams"
QUESTIONS = (
    {"text": "Which talk are you putting off?", "hint": "You need not name anybody.", "kind": "text"},
    {"text": "Where would you rather come?", "kind": "choice", "choices": ["To an evening", "To the board only"]},
)


def found_chapters(*, course: str, accounts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Found four chapters around a course and let people join one, write on its boards and report a post."""
    from opaque_keys.edx.keys import CourseKey

    from chapters.data import Audience, ChapterRole, ChapterState, RuleData
    from embedded_host.seed.chapter_doors import ChapterDoors
    from embedded_host.seed.roster import Person
    from people import api as platform_people

    people = {
        name: Person(name, about["name"], about.get("city", ""), about["zone"], "en")
        for name, about in accounts.items()
    }
    texts, doors, key = read_texts(), ChapterDoors(), CourseKey.from_string(course)
    doors.make_regions(texts["regions"])
    doors.make_manager(people["grace"])
    for name in (LEAD, SECOND, FIRST, REPORTER, *OTHER_LEADS.values()):
        doors.complete(people[name], key)
    for slug in (NAIROBI, *OTHER_LEADS):
        told = texts["chapters"][slug]
        lead = people[OTHER_LEADS.get(slug, LEAD)]
        doors.propose(lead, told)
        audiences = [audience for audience in (Audience.LEARNERS, Audience.ALUMNI) if told.get(audience.value)]
        doors.set_rules(people["grace"], slug, [RuleData(audience=each, courses=(course,)) for each in audiences])
        doors.approve(people["grace"], told)
        doors.give_role(people["grace"], slug, lead, ChapterRole.LEAD)
        doors.introduce(lead, slug, texts["introductions"].get(told["languages"][0], [])[0])
        if told.get("state") != "forming":
            doors.move(people["grace"], slug, ChapterState.ACTIVE)
    said = texts["introductions"]["en"]
    for number, name in enumerate((SECOND, FIRST, SELLER, REPORTER, BANNED), start=1):
        doors.join(people[name], NAIROBI, said[number])
    doors.give_role(people[LEAD], NAIROBI, people[SECOND], ChapterRole.CO_ORGANIZER)
    doors.ask_questions(people["efua"], ACCRA, QUESTIONS)
    platform_people.run_errands()
    return {"topics": _write(doors, people, texts), "members": [person.name for person in people.values()]}


def read_texts() -> dict[str, Any]:
    import yaml

    from embedded_host.seed.roster import TEXTS

    texts: dict[str, Any] = yaml.safe_load((TEXTS / "chapters.yaml").read_text(encoding="utf-8"))
    return texts | {"chapters": {told["slug"]: told for told in texts["chapters"]}}


def _write(doors: Any, people: dict[str, Any], texts: dict[str, Any]) -> dict[str, int]:
    """Begin the topics of all chapters, answer those of Nairobi, report an advertisement there and ban somebody."""
    from datetime import UTC, datetime, timedelta

    told, topics = texts["chapters"][NAIROBI], {}
    authors = {"everyone": FIRST, "learners": REPORTER, "alumni": SECOND}
    answering = {"everyone": (LEAD, REPORTER), "learners": (FIRST, LEAD), "alumni": (FIRST, LEAD)}
    for topic in told["topics"]:
        topics[topic["title"]] = topic_id = doors.start_topic(people[authors[topic["board"]]], NAIROBI, topic)
        for place, text in enumerate(topic["replies"][:4]):
            post_id = doors.reply(people[answering[topic["board"]][place % 2]], topic_id, text)
            doors.find_helpful(people[authors[topic["board"]]], post_id)
    for slug, lead in OTHER_LEADS.items():
        for topic in texts["chapters"][slug].get("topics", ()):
            topics[topic["title"]] = doors.start_topic(people[lead], slug, topic)
    spam = told["report"]
    post_id = doors.reply(people[SELLER], topics[told["topics"][spam["topic"]]["title"]], spam["text"])
    doors.report_post(people[REPORTER], post_id, spam["reason"])
    until = datetime.now(UTC) + timedelta(days=told["ban"]["days"])
    doors.ban(people[LEAD], NAIROBI, people[BANNED], reason=told["ban"]["reason"], until=until)
    return topics


def prepare_course(*, course: str) -> dict[str, str]:
    """Let authors add the block of chapters, and let one short case be all graded work; return its key."""
    from opaque_keys.edx.keys import CourseKey

    from embedded_host.courses import assets
    from embedded_host.courses.store import CourseStore
    from embedded_host.models import Branch

    store, course_key = CourseStore(Branch.DRAFT), CourseKey.from_string(course)
    nodes = store.get_tree(course_key).nodes
    root, case = store.get_course(course_key).location, course_key.make_usage_key("case_discussion", "too_salty")
    changes: dict[Any, dict[str, Any]] = {
        node.usage_key: {"graded": False} for node in nodes.values() if node.fields.get("graded")
    }
    changes[course_key.make_usage_key("sequential", "case_kitchen")] = {"graded": True}
    changes[case] = {"position_min": 20, "answers_wanted": 1, "answer_min": 10, "look_back_min": 10}
    changes[root] = {"advanced_modules": [*nodes[root].fields["advanced_modules"], "chapter_panel"]}
    for usage_key, fields in changes.items():
        store.set_fields(usage_key, {**nodes[usage_key].fields, **fields})
    store.publish(root)
    (policy,) = (assets.course_folder(course_key) / "beside/policies").glob("*/grading_policy.json")
    grader = {"type": "Case discussion", "min_count": 1, "drop_count": 0, "weight": 1.0}
    policy.write_text(json.dumps({"GRADER": [grader], "GRADE_CUTOFFS": {"Pass": 0.6}}), encoding="utf-8")
    return {"case": str(case)}


def find_certificate(*, course: str, username: str) -> dict[str, str]:
    """Return where the certificate stands that the platform gave somebody; "" where it gave none."""
    from django.contrib.auth.models import User
    from opaque_keys.edx.keys import CourseKey

    from lms.djangoapps.certificates.models import GeneratedCertificate

    user = User.objects.get(username=username)
    found = GeneratedCertificate.certificate_for_student(user, CourseKey.from_string(course))
    return {"certificate": f"certificates/{found.verify_uuid}" if found else ""}
