"""The XBlock runtime: a real ``xblock.runtime.Runtime`` over the host's course tree, with the LMS's services."""
