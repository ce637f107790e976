"""For operators: which courses give points and by which scheme, the ledger to read, and points by hand."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from . import api
from .kinds import LABELS, kind_label
from .models import Entry, Listing, PointsCourse, SchemeVersion, Total


class CourseKeyField(forms.CharField):
    """A course key typed by hand."""

    def clean(self, value: Any) -> CourseKey | None:
        """Return the key; refuse what is none."""
        text = super().clean(value)
        try:
            return CourseKey.from_string(text) if text else None
        except InvalidKeyError as error:
            raise forms.ValidationError(_("This is no course key.")) from error


class KeptAdmin(admin.ModelAdmin):
    """Rows that nobody changes or deletes."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


@admin.register(PointsCourse)
class PointsCourseAdmin(admin.ModelAdmin):
    """Courses with points, to switch on or off."""

    list_display = ("course_key", "is_on", "changed_at")
    search_fields = ("course_key",)
    actions = ("switch_on", "switch_off")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: course teams decide in Studio; a course appears here when somebody did."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow the list with its actions, no form: the switch is audited and remembered by processes."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: the ledger refers to it."""
        return False

    @admin.action(description=_("Give points in these courses"), permissions=["change"])
    def switch_on(self, request: HttpRequest, chosen: models.QuerySet[PointsCourse]) -> None:
        """Switch points on."""
        self._switch(request, chosen, is_on=True)

    @admin.action(description=_("Give no points in these courses"), permissions=["change"])
    def switch_off(self, request: HttpRequest, chosen: models.QuerySet[PointsCourse]) -> None:
        """Switch points off; what was earned stays."""
        self._switch(request, chosen, is_on=False)

    def _switch(self, request: HttpRequest, chosen: models.QuerySet[PointsCourse], *, is_on: bool) -> None:
        for key in chosen.values_list("course_key", flat=True):
            api.set_on(CourseKey.from_string(key), is_on, actor_id=request.user.pk)
        number = len(chosen)
        self.message_user(
            request, ngettext("%(count)d course changed.", "%(count)d courses changed.", number) % {"count": number}
        )


class SchemeForm(forms.ModelForm):
    """A scheme to install: typed or uploaded."""

    course = CourseKeyField(required=False, label=_("Course"), help_text=_("Empty: for the whole site."))
    text = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 24, "cols": 90}), label=_("YAML"))
    upload = forms.FileField(required=False, label=_("or a file"))

    class Meta:
        model = SchemeVersion
        fields = ()

    def clean(self) -> dict[str, Any]:
        """Read the text or the file; refuse a scheme that is none."""
        values = super().clean() or self.cleaned_data
        upload = values.get("upload")
        if upload is not None:
            try:
                values["text"] = upload.read(100_000).decode("utf-8")
            except UnicodeDecodeError:
                self.add_error("upload", _("This is no UTF-8 text."))
        try:
            api.check_scheme(values.get("text") or "")
        except api.SchemeError as error:
            self.add_error("upload" if upload else "text", str(error))
        return values


@admin.register(SchemeVersion)
class SchemeVersionAdmin(KeptAdmin):
    """Schemes as they were installed."""

    form = SchemeForm
    list_display = ("scope", "version", "title", "valid_from", "installed_by_id")
    search_fields = ("scope", "title")

    def save_model(self, request: HttpRequest, obj: SchemeVersion, form: Any, change: bool) -> None:
        """Install the scheme."""
        values = form.cleaned_data
        info = api.install_scheme(values["text"], course_key=values["course"], actor_id=request.user.pk)
        obj.pk = SchemeVersion.objects.get(scope=str(values["course"] or ""), version=info.version).pk
        obj.refresh_from_db()


class ManualPointsForm(forms.ModelForm):
    """Points by hand. No field is called as one of the model's: Django would put its value into the line."""

    person = forms.CharField(label=_("Username"))
    in_course = CourseKeyField(label=_("Course"))
    points = forms.IntegerField(label=_("Points"), help_text=_("Negative to take points."))
    why = forms.CharField(max_length=500, label=_("Reason"), help_text=_("The person reads it."))
    request_key = forms.CharField(widget=forms.HiddenInput, initial=lambda: uuid.uuid4().hex)

    class Meta:
        model = Entry
        fields = ()

    def clean_person(self) -> Any:
        """Return the account."""
        account = get_user_model().objects.filter(username=self.cleaned_data["person"]).first()
        if account is None:
            raise forms.ValidationError(_("There is no such account."))
        return account

    def clean(self) -> dict[str, Any]:
        """Refuse points that cannot be given."""
        values = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                api.check_adjustment(points=values["points"], reason=values["why"], request_key=values["request_key"])
            except api.ActivityError as error:
                self.add_error("why" if error.field == "reason" else error.field, error.message)
        return values


class KindFilter(admin.SimpleListFilter):
    """Choose a kind of activity from those there are: Django would look for them in every line."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the kinds under the names of their rules."""
        return [(kind, kind_label(kind)) for kind in LABELS]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Entry]) -> models.QuerySet[Entry]:
        """Narrow the list to the kind that was chosen."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Entry)
class EntryAdmin(KeptAdmin):
    """The ledger. Adding is giving or taking points by hand."""

    form = ManualPointsForm
    list_display = ("occurred_at", "course", "user_id", "kind", "is_void", "worth", "source", "revision", "note")
    list_select_related = ("course",)
    list_filter = (KindFilter, "is_void")
    search_fields = ("=source", "=user_id")
    show_full_result_count = False

    def save_model(self, request: HttpRequest, obj: Entry, form: Any, change: bool) -> None:
        """Record the points with their reason."""
        values = form.cleaned_data
        api.adjust_points(
            actor_id=request.user.pk,
            user_id=values["person"].pk,
            course_key=values["in_course"],
            points=values["points"],
            reason=values["why"],
            request_key=values["request_key"],
        )
        obj.pk = Entry.objects.get(source=f"manual:{values['request_key']}", revision=1).pk
        obj.refresh_from_db()


@admin.register(Total)
class TotalAdmin(KeptAdmin):
    """Totals, with a way to look again who belongs on the board."""

    list_display = ("course", "user_id", "points", "listing", "changed_at")
    list_select_related = ("course",)
    list_filter = ("listing",)
    search_fields = ("=user_id",)
    actions = ("look_again",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: totals follow from the ledger."""
        return False

    @admin.action(description=_("Decide again who is on the board"), permissions=["view"])
    def look_again(self, request: HttpRequest, chosen: models.QuerySet[Total]) -> None:
        """Bring enrolment, role and privacy choice of these people up to date."""
        rows = chosen.exclude(listing=Listing.RETIRED).values_list("user_id", "course__course_key")
        for user_id, key in rows:
            api.refresh_board_row(user_id=user_id, course_key=CourseKey.from_string(key))
        self.message_user(request, _("Looked again."), messages.SUCCESS)
