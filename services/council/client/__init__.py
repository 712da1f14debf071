"""The council service for other processes: the typed client, and every type that it takes and gives.

Other services know this one only by this package.
"""

from services.council import commands, views
from services.council.client.calls import CouncilClient
from services.council.commands import LetterText, QuestionText
from services.council.domain.frame import Frame, FrameGoal, FrameStatus, FrameText, GoalText
from services.council.domain.indicators import Direction, Good
from services.council.domain.moment import MomentState, MomentText
from services.council.views import (
    CouncilHome,
    DeadlineView,
    FigureSeries,
    GoalView,
    Letter,
    MomentView,
    MonthStrip,
    NewsItem,
    Point,
    QuestionTerm,
    QuestionView,
    Turn,
    Words,
)

__all__ = [
    "CouncilClient",
    "CouncilHome",
    "DeadlineView",
    "Direction",
    "FigureSeries",
    "Frame",
    "FrameGoal",
    "FrameStatus",
    "FrameText",
    "GoalText",
    "GoalView",
    "Good",
    "Letter",
    "LetterText",
    "MomentState",
    "MomentText",
    "MomentView",
    "MonthStrip",
    "NewsItem",
    "Point",
    "QuestionTerm",
    "QuestionText",
    "QuestionView",
    "Turn",
    "Words",
    "commands",
    "views",
]
