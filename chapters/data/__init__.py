"""What other packages receive from chapters: frozen data, standard library and opaque keys only."""

from .chapters import *  # noqa: F403 - the modules say in __all__ what is handed out
from .courses import *  # noqa: F403
from .members import *  # noqa: F403
from .organizers import *  # noqa: F403
