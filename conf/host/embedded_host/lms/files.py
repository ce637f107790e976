"""Files: of packages, of blocks and of courses."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from django.contrib.staticfiles.views import serve
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import AssetKey

from embedded_host.courses.assets import find_asset


def static_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve a static file by Django's finders, which know the blocks' files too."""
    response = serve(request, path, insecure=True)
    response.headers["Cache-Control"] = "no-cache"
    return response


def course_asset(request: HttpRequest, asset_key: str) -> HttpResponseBase:
    """Serve a file of a course. Scripts in it must not run with the site's cookies, hence the sandbox."""
    try:
        key = AssetKey.from_string(asset_key)
    except InvalidKeyError as error:
        raise Http404 from error
    path: Path | None = find_asset(key.course_key, key.block_id)
    if path is None:
        raise Http404
    kind, _ = mimetypes.guess_type(path.name)
    response = FileResponse(path.open("rb"), content_type=kind or "application/octet-stream")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox"
    return response
