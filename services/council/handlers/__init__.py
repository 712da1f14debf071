"""One function per command, and the registry that says which."""

from collections.abc import Mapping
from types import MappingProxyType

from services.council import commands
from services.council.handlers import frames, moments, questions
from services.kit.commands import Command, Handler

COMMANDS: Mapping[type[Command], Handler] = MappingProxyType(
    {
        commands.DraftFrame: frames.draft_frame,
        commands.EditFrame: frames.edit_frame,
        commands.AdoptFrame: frames.adopt_frame,
        commands.ScheduleMoment: moments.schedule_moment,
        commands.SubmitView: moments.submit_view,
        commands.FinishMoment: moments.finish_moment,
        commands.AskQuestion: questions.ask_question,
        commands.AnswerQuestion: questions.answer_question,
        commands.SendLetter: questions.send_letter,
        commands.AgreeQuestionTerm: questions.agree_question_term,
    }
)
