"""What an author does in Studio, over HTTP."""

from __future__ import annotations

from typing import Any

from tests.contract.walk.person import Person


class Studio:
    """Studio in the hands of one author."""

    def __init__(self, author: Person) -> None:
        self.author = author

    def create_course(self, number: str) -> str:
        """Make an empty course that began long ago and return its key."""
        fields = {"org": "Walk", "number": number, "run": "r1", "display_name": f"Walk {number}"}
        made = self.author.cms("POST", "/course/", json=fields)
        assert made.status_code == 200, made.text[:300]
        course_id = str(made.json()["course_key"])
        details = f"/settings/details/{course_id}"
        found = self.author.cms("GET", details).json()
        saved = self.author.cms("POST", details, json={**found, "start_date": "2020-01-01T00:00:00Z"})
        assert saved.status_code == 200, saved.text[:300]
        return course_id

    def add(self, parent: str, category: str, name: str, **fields: Any) -> str:
        """Add a block and return its key."""
        wanted = {"parent_locator": parent, "category": category, "display_name": name}
        made = self.author.cms("POST", "/xblock/", json=wanted)
        assert made.status_code == 200, made.text[:300]
        usage_key = str(made.json()["locator"])
        if fields:
            self.change(usage_key, metadata=fields)
        return usage_key

    def change(self, usage_key: str, **changes: Any) -> None:
        """Change what Studio itself keeps of a block."""
        saved = self.author.cms("POST", f"/xblock/{usage_key}", json={"id": usage_key, **changes})
        assert saved.status_code == 200, saved.text[:300]

    def publish(self, usage_key: str) -> None:
        """Publish a unit or more."""
        self.change(usage_key, publish="make_public")

    def draw(self, usage_key: str, view: str) -> dict[str, Any]:
        """Return the HTML of a view with the files it asks for."""
        drawn = self.author.cms("GET", f"/xblock/{usage_key}/{view}")
        assert drawn.status_code == 200, drawn.text[:300]
        return dict(drawn.json())

    def handle(self, usage_key: str, handler: str, data: dict[str, Any]) -> Any:
        """Call a block's handler."""
        return self.author.cms("POST", f"/xblock/{usage_key}/handler/{handler}", json=data)

    def switch(self, course_id: str, app: str, *, is_on: bool) -> Any:
        """Turn a course app on or off, as the cards under Pages & Resources do."""
        return self.author.cms("PATCH", f"/api/course_apps/v1/apps/{course_id}", json={"id": app, "enabled": is_on})

    def apps(self, course_id: str) -> dict[str, bool]:
        """Return which course apps there are and whether they are on."""
        found = self.author.cms("GET", f"/api/course_apps/v1/apps/{course_id}")
        assert found.status_code == 200, found.text[:300]
        return {app["id"]: app["enabled"] for app in found.json()}
