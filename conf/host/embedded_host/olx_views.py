"""Draw OLX that the host does not run: the question of a problem, the sources of a video."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from lxml import etree, html

REMOVED = ("script", "solution", "demandhint", "choicehint", "optionhint", "correcthint", "stringequalhint")
CHOICES = {"choicegroup": "radio", "checkboxgroup": "checkbox"}
FREE_INPUTS = ("textline", "formulaequationinput", "textbox", "filesubmission")
RESPONSES_WITH_INPUT = ("stringresponse", "numericalresponse", "formularesponse")


def trusted(content: str) -> SafeString:
    """Mark HTML written by the course's authors or blocks as safe, as the platform does."""
    return mark_safe(content)  # noqa: S308


def draw_problem(definition: str) -> str:
    """Return the question as HTML: text, choices and empty inputs; no scripts, no answers."""
    root = _parse(definition)
    if root is None:
        return format_html("<p>{}</p>", _("This problem has no text."))
    etree.strip_elements(root, *REMOVED, with_tail=False)
    for element in list(root.iter(etree.Element)):
        if element.tag in CHOICES:
            _draw_choices(element)
        elif element.tag == "optioninput":
            _draw_options(element)
        elif element.tag in FREE_INPUTS:
            _replace(element, etree.Element("input", type="text", disabled="", **{"aria-label": _("Your answer")}))
        elif element.tag == "description":
            element.tag = "p"
    for response in root.iter(*RESPONSES_WITH_INPUT):
        response.attrib.clear()
        response.tag = "div"
    return "".join(
        [root.text or "", *(html.tostring(child, encoding="unicode") for child in root if isinstance(child.tag, str))]
    )


def draw_video_links(definition: str) -> SafeString:
    """Return a list of links to the video's sources."""
    root = _parse(definition)
    links = _video_sources(root) if root is not None else []
    if not links:
        return format_html("<p>{}</p>", _("This video names no source that can be opened here."))
    return format_html(
        "<ul>{}</ul>", format_html_join("", '<li><a href="{0}">{0}</a></li>', ([link] for link in links))
    )


def _video_sources(root: Any) -> list[str]:
    found = [f"https://www.youtube.com/watch?v={part.partition(':')[2]}" for part in root.get("youtube", "").split(",")
             if part.startswith("1.00:")]  # fmt: skip
    if root.get("youtube_id_1_0"):
        found.append(f"https://www.youtube.com/watch?v={root.get('youtube_id_1_0')}")
    with contextlib.suppress(ValueError):
        found += [source for source in json.loads(root.get("html5_sources", "[]")) if isinstance(source, str)]
    found += [source.get("src") for source in root.iter("source") if source.get("src")]
    return list(dict.fromkeys(link for link in found if link.startswith(("http://", "https://", "/"))))


def _draw_choices(element: Any) -> None:
    kind = CHOICES[element.tag]
    element.tag = "ul"
    element.attrib.clear()
    element.set("class", "host-choices")
    for choice in list(element):
        if choice.tag != "choice":
            continue
        choice.tag = "li"
        choice.attrib.clear()
        label = etree.Element("label")
        label.append(etree.Element("input", type=kind, disabled=""))
        label[0].tail = choice.text
        label.extend(list(choice))
        choice.text = None
        choice.append(label)


def _draw_options(element: Any) -> None:
    select = etree.Element("select", disabled="", **{"aria-label": _("Your answer")})
    names = [option.text or "" for option in element.iter("option")]
    names = names or [part.strip(" '\"") for part in element.get("options", "").strip("()").split(",")]
    for name in names:
        etree.SubElement(select, "option").text = name.strip()
    _replace(element, select)


def _replace(element: Any, new: Any) -> None:
    new.tail = element.tail
    element.getparent().replace(element, new)


def _parse(definition: str) -> Any:
    if not definition:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    return etree.fromstring(definition.encode(), parser)
