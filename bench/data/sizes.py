"""How much is made, and how skewed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    users: int
    conversations: int
    messages: int

    @classmethod
    def parse(cls, text: str) -> "Size":
        return cls(*(int(part) for part in text.split()))

    def __str__(self) -> str:
        return f"{self.users} {self.conversations} {self.messages}"

    def part(self, share: int) -> "Size":
        return Size(self.users // share, self.conversations // share, self.messages // share)

    def skew(self) -> dict[str, int | float]:
        """Busy doctors have as many conversations at every size; one message in ten is in a very long conversation."""
        busy_conversations = min(2_500, self.conversations // 4)
        long_conversations = max(1, self.messages // 1_000_000)
        long_messages = self.messages // 10 // long_conversations
        return {
            "busy": max(1, self.conversations // 50_000),
            "busy_conversations": busy_conversations,
            "long_every": self.conversations // long_conversations,
            "long_messages": long_messages,
            # What floor() takes away on average is given back.
            "usual_messages": 0.9 * self.messages / self.conversations + 0.5,
        }
