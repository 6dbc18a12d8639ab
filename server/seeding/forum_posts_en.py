"""What the people of the demo clinic asked in English. All of it made up."""

from server.seeding.forum_post import DAY, Ask, Said

ENGLISH = (
    Ask(
        author="ines",
        minutes_ago=20 * DAY,
        title="What should I write in a first message to a mentor?",
        text="I never know how to start. Do you expect a *formal* letter?",
        tags=("mentoring", "writing"),
        ups=("paul", "sofia"),
        answers=(
            Said(
                "david",
                30,
                "Three sentences: who you are, **what you want to decide**, and why you thought of me. "
                "Ask one question that can be answered in five minutes.",
                ups=("ines", "paul", "sofia", "karim"),
                accepted=True,
            ),
            Said("sofia", 240, "And say by when you need an answer.", ups=("ines",)),
        ),
    ),
    Ask(
        author="paul",
        minutes_ago=17 * DAY,
        title="How do nurses get their licence recognised in Ireland?",
        text="I trained in France. Which documents does the board ask for, and do they need to be translated?",
        tags=("ireland", "licence", "nursing"),
        answers=(
            Said(
                "sofia",
                DAY,
                "You need a transcript of hours, a certificate of good standing and proof of English. "
                "See the [board's checklist](https://www.example.org/checklist).",
                ups=("paul",),
                accepted=True,
            ),
        ),
    ),
    Ask(
        author="karim",
        minutes_ago=16 * DAY,
        title="Is it normal to feel lost in the first month of a residency?",
        text="Everybody seems to know what to do. I write everything down and still feel behind.",
        tags=("residency", "wellbeing"),
        ups=("ines", "paul", "lucie"),
        pseudonym="Resident 42",
        answers=(
            Said(
                "dr.nguyen",
                50,
                "Yes. Ask me about mine some day. It passes around week six.",
                ups=("karim", "ines", "paul"),
                accepted=True,
            ),
            Said("david", 400, "Keep the notebook: in a year it will be what you teach from.", ups=("karim",)),
        ),
    ),
    Ask(
        author="ines",
        minutes_ago=13 * DAY,
        title="How long should a CV be for a hospital in the UK?",
        text="Mine is four pages. Friends say two at most.",
        tags=("cv", "carrière"),
        ups=("paul",),
        answers=(
            Said("david", 100, "Two pages. Publications go into an appendix.", ups=("ines",), accepted=True),
            Said("paul", 500, "One page or nobody reads it.", downs=("david", "sofia")),
        ),
    ),
    Ask(
        author="lucie",
        minutes_ago=10 * DAY,
        title="Which questions should I ask before knee surgery?",
        text="The surgeon has ten minutes. What matters most?",
        tags=("genou", "surgery"),
        ups=("amelie",),
        answers=(
            Said(
                "dr.petit",
                20,
                "1. What happens if I wait?\n2. How many of these do you do in a year?\n3. When can I drive again?\n\n"
                "Write the answers down, or bring somebody who does.",
                ups=("lucie", "amelie", "karim"),
                accepted=True,
            ),
        ),
    ),
    Ask(
        author="paul",
        minutes_ago=8 * DAY,
        title="How do you say no to extra shifts without burning bridges?",
        text="I said yes to everything for a year. Now they no longer even ask.",
        tags=("santé-au-travail", "shifts"),
        ups=("ines", "karim"),
        answers=(
            Said(
                "sofia",
                70,
                '"I can do one this month; which one matters most to you?" Then stop talking.',
                ups=("paul", "ines"),
            ),
        ),
    ),
    Ask(
        author="amelie",
        minutes_ago=5 * DAY,
        title="Do home blood pressure monitors need to be calibrated?",
        text="Mine is six years old.",
        tags=("tension",),
        answers=(Said("dr.martin", 130, "Bring it along once a year and we compare it with ours.", ups=("amelie",)),),
    ),
    Ask(
        author="ines",
        minutes_ago=2 * DAY,
        title="Is a master's degree worth it for a nurse in Canada?",
        text="Two years and a lot of money. Who has done it?",
        tags=("canada", "études"),
        ups=("paul",),
        answers=(
            Said("david", 260, "For teaching and management, yes; at the bedside it changes little.", ups=("ines",)),
        ),
    ),
    Ask(
        author="karim",
        minutes_ago=600,
        title="Best way to learn medical English in three months?",
        text="I read well, but I am slow on the phone.",
        tags=("english", "études"),
        answers=(Said("sofia", 90, "Half an hour of handover recordings a day, **out loud**.", ups=("karim",)),),
    ),
    Ask(
        author="paul",
        minutes_ago=90,
        title="How do I thank a mentor when the mentoring ends?",
        text="A card? A dinner? Something that is not awkward.",
        tags=("mentoring",),
    ),
)
