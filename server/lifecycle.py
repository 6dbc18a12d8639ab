"""What starts and stops with the application, in order; what was started last is stopped first."""

from collections.abc import AsyncIterator, Callable, Sequence

from aiohttp import web

from repositories.send_lane import SendLane
from repositories.unit_of_work import Database
from server.announcer import Announcer
from server.broadcaster import Broadcaster, Digest, ForumTeller
from server.fanout import Bus
from server.files.collector import Collector
from server.indexing import Indexing
from server.jobs import JobRunner
from server.observability.loop_lag import LoopLag
from server.observability.metrics import Metrics
from server.pulse import Pulse
from server.reconciler import Reconciler
from server.security.host_tokens import PinnedKey
from server.security.jwks import JwksKeys
from server.statistician import Statistician
from server.workforce import Workforce
from services.cluster import Cluster


class Lifecycle:
    def __init__(
        self,
        *,
        database: Database,
        sends: SendLane,
        bus: Bus,
        announcer: Announcer,
        cluster: Cluster,
        shared: Sequence[Callable[[], None]],
        work: Workforce,
        broadcaster: Broadcaster,
        forum_teller: ForumTeller,
        digest: Digest,
        reconciler: Reconciler,
        statistician: Statistician,
        jobs: JobRunner,
        indexing: Indexing,
        metrics: Metrics,
        host_keys: PinnedKey | JwksKeys | None,
    ) -> None:
        self._database = database
        self._sends = sends
        self._bus = bus
        self._announcer = announcer
        self._cluster = cluster
        self._work = work
        self._broadcaster = broadcaster
        self._forum_teller = forum_teller
        self._digest = digest
        self._reconciler = reconciler
        self._statistician = statistician
        self._jobs = jobs
        self._indexing = indexing
        self._lag = LoopLag(metrics.lag)
        self._pulse = Pulse(
            ticks=(cluster.tick, work.presence.tick, work.typing.tick, work.forum.typing.tick, work.stats.tick),
            remember=work.presence.remember,
            quick=shared,
        )
        self._collector = Collector(orphans=work.orphans, folders=work.file_kit.passing)
        self._host_keys = host_keys

    async def run(self, app: web.Application) -> AsyncIterator[None]:
        """A cleanup context: the sockets are closed already when the second half runs."""
        await self._database.open()
        self._broadcaster.start()
        self._forum_teller.start()
        self._work.trail.start()
        self._work.sealer.start()
        self._bus.on_recovery = self._recovered
        self._database.in_doubt = self._in_doubt
        await self._bus.start(self._announcer.receive)
        self._cluster.announce()
        self._reconciler.start()
        self._statistician.start()
        self._work.notifier.start()
        self._indexing.start()
        self._pulse.start()
        self._work.export_runner.start(self._work.export_maker, self._work.person_data.maker)
        self._lag.start()
        self._collector.start()
        self._jobs.start()
        yield
        await self._work.export_runner.close()
        await self._jobs.close()
        await self._collector.close()
        self._lag.close()
        await self._pulse.close()
        await self._indexing.close()
        await self._statistician.close()
        await self._reconciler.close()
        await self._work.notifier.close()
        if self._work.pusher is not None:
            await self._work.pusher.close()
        await self._work.writer.close()
        await self._work.presence.close()
        await self._work.trail.close()
        await self._work.sealer.close()
        await self._broadcaster.close()
        await self._forum_teller.close()
        await self._digest.close()
        await self._bus.close()
        self._sends.close()
        await self._database.close()
        self._work.hasher.close()
        await self._work.file_kit.close()
        if isinstance(self._host_keys, JwksKeys):
            await self._host_keys.close()

    def _recovered(self) -> None:
        """Hints may have been lost, here and elsewhere."""
        self._cluster.announce()
        self._reconciler.hints_lost()

    def _in_doubt(self) -> None:
        """Something may be stored of which nobody was told, here and elsewhere."""
        self._reconciler.hints_lost()
        self._bus.look_again()
