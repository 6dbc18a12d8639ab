"""The directory of mentors, and one's own place in it. A conversation with one is opened like any other."""

from controllers.mentor_cursors import place_of, text_of
from controllers.rest.contract import Call, Endpoint, Reply
from controllers.schemas.mentors import (
    AvatarForm,
    ChangeMentorSchema,
    MentorCountsSchema,
    MentorFilterQuery,
    MentorPageSchema,
    MentorPath,
    MentorReplySchema,
    MentorsQuery,
    filter_of,
)
from repositories.mentors import ProfileChange
from services.mentor_profiles import MentorProfiles
from services.mentors import Mentors

TAG = "mentors"
PATH = "/api/mentors"


class MentorEndpoints:
    def __init__(self, *, mentors: Mentors, profiles: MentorProfiles) -> None:
        self._mentors = mentors
        self._profiles = profiles

    def endpoints(self) -> list[Endpoint]:
        """The words before `{id}`: the first one that fits is taken."""
        return [*self._directory(), *self._own(), *self._of_one()]

    def _directory(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                PATH,
                self.list,
                "Mentors; best match first with q, in which accents, case and typos do not matter",
                TAG,
                query=MentorsQuery,
                replies={200: MentorPageSchema},
                errors=("FORBIDDEN",),
            ),
            Endpoint(
                "GET",
                f"{PATH}/counts",
                self.counts,
                "How many mentors each filter would give",
                TAG,
                query=MentorFilterQuery,
                replies={200: MentorCountsSchema},
                errors=("FORBIDDEN",),
            ),
        ]

    def _own(self) -> list[Endpoint]:
        replies, errors = {200: MentorReplySchema}, ("FORBIDDEN",)
        return [
            Endpoint("GET", f"{PATH}/me", self.own, "One's own profile", TAG, replies=replies, errors=errors),
            Endpoint(
                "PATCH",
                f"{PATH}/me",
                self.change,
                "Change one's own profile",
                TAG,
                limit="request",
                body=ChangeMentorSchema,
                replies=replies,
                errors=errors,
            ),
            Endpoint(
                "PUT",
                f"{PATH}/me/avatar",
                self.show,
                "A picture of oneself, JPEG or PNG; it is drawn small and without metadata",
                TAG,
                limit="upload",
                form=AvatarForm,
                replies=replies,
                errors=(*errors, "UNSUPPORTED_FILE"),
            ),
            Endpoint(
                "DELETE",
                f"{PATH}/me/avatar",
                self.hide,
                "Take one's picture away",
                TAG,
                limit="request",
                replies=replies,
                errors=errors,
            ),
        ]

    def _of_one(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                f"{PATH}/{{id}}",
                self.get,
                "A mentor's profile",
                TAG,
                parameters=MentorPath,
                replies={200: MentorReplySchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "GET",
                f"{PATH}/{{id}}/avatar",
                self.avatar,
                "A mentor's picture, a small JPEG",
                TAG,
                parameters=MentorPath,
                gives_file=True,
                replies={200: None, 206: None},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
        ]

    async def list(self, call: Call) -> Reply:
        page = await self._mentors.page(
            filter_of(call.query),
            q=call.query.get("q"),
            before=place_of(call.query.get("before")),
            limit=call.query["limit"],
        )
        return Reply({"items": page.items, "has_more": page.next is not None, "next": text_of(page.next)})

    async def counts(self, call: Call) -> Reply:
        return Reply(await self._mentors.counts(filter_of(call.query), q=call.query.get("q")))

    async def own(self, call: Call) -> Reply:
        return Reply({"mentor": await self._profiles.own(call.user)})

    async def change(self, call: Call) -> Reply:
        clear = "country" in call.body and call.body["country"] is None
        change = ProfileChange(**call.body, clear_country=clear)
        return Reply({"mentor": await self._profiles.change(call.user, change)})

    async def show(self, call: Call) -> Reply:
        profile = await self._profiles.show(call.user, name=call.upload.name, chunks=call.upload.chunks())
        return Reply({"mentor": profile})

    async def hide(self, call: Call) -> Reply:
        return Reply({"mentor": await self._profiles.hide(call.user)})

    async def get(self, call: Call) -> Reply:
        return Reply({"mentor": await self._mentors.get(call.user, mentor_id=call.path["mentor_id"])})

    async def avatar(self, call: Call) -> Reply:
        return Reply(file=await self._profiles.picture(mentor_id=call.path["mentor_id"]))
