"""How each fault is done to the running suite."""

from __future__ import annotations

import random
import signal
import subprocess
import threading
import time
from collections import Counter, deque

from .evidence import Evidence
from .metrics import Totals
from .plan import CONSUMERS, Fault
from .processes import Service, Suite
from .redis_servers import RedisCluster
from .sender import Stream
from .spool import SpoolDisks
from .waiting import wait_until

# The counter that shows that a service is at work.
AT_WORK = {
    "stream-processor": "stream_processor_processed_total",
    "profile-updater": "profile_updater_applied_total",
    "collector": "collector_events_accepted_total",
    "scorer": "scorer_notices_total",
}
TO_BE_DONE = dict.fromkeys(CONSUMERS, "kafka_consumer_lag_messages") | {"collector": "collector_spool_records"}
# A suite that is further behind gets no new events: there is no use in measuring how long it takes to catch up.
MOST_LAG = 5_000
SEEN_AGAIN = ("_redelivered_total", "_fence_rejected_total")


class Lost(Exception):
    """A service ended although nobody killed it."""


class Injector:
    """Does faults, each lane on a thread of its own, and notes what it did."""

    def __init__(self, suite: Suite, totals: Totals, stream: Stream, disks: SpoolDisks, session: float, say, hook=None):
        self._suite = suite
        self._totals = totals
        self._stream = stream
        self._disks = disks
        self._session = session
        self._say = say
        self._hook = hook
        self.evidence = Evidence()
        self.done: Counter[str] = Counter()
        self.failure: BaseException | None = None
        self._progress = threading.Condition()
        self._struck = 0
        self._is_filling = False
        self._ended = threading.Event()

    # MARK: running

    def run(self, faults: list[Fault], limit: float) -> None:
        """Returns when all faults are done and undone."""
        lanes: dict[str, list[Fault]] = {}
        for fault in faults:
            lanes.setdefault(fault.lane, []).append(fault)
        self._remaining = sum(lane in CONSUMERS for lane in lanes)
        threads = [threading.Thread(target=self._lane, args=(lane,), daemon=True) for lane in lanes.values()]
        threads.append(threading.Thread(target=self._watch, daemon=True))
        end = time.monotonic() + limit
        for thread in threads:
            thread.start()
        for thread in threads[:-1]:
            while thread.is_alive() and self.failure is None:
                if time.monotonic() > end:
                    raise AssertionError(f"the faults were not done within {limit:.0f} s: {dict(self.done)}")
                thread.join(0.5)
        self._ended.set()
        if self.failure is not None:
            raise self.failure
        self.evidence.close()

    def _lane(self, faults: list[Fault]) -> None:
        try:
            for fault in faults:
                self._wait_for_turn(fault)
                if self.failure is not None:
                    return
                self._do(fault)
                self.done[f"{fault.kind} {fault.lane}"] += 1
                if fault.lane in CONSUMERS:
                    with self._progress:
                        self._struck += 1
                        self._progress.notify_all()
        except BaseException as error:  # noqa: BLE001 - raised by run()
            self.failure = self.failure or error
        finally:
            if faults[0].lane in CONSUMERS:
                with self._progress:
                    self._remaining -= 1
                    self._progress.notify_all()

    def _wait_for_turn(self, fault: Fault) -> None:
        with self._progress:
            self._progress.wait_for(
                lambda: self._struck >= fault.after or self._remaining == 0 or self.failure is not None
            )

    def _do(self, fault: Fault) -> None:
        if fault.lane == "redis":
            self._break_redis(fault)
        elif fault.lane == "broker":
            self._break_broker(fault)
        else:
            {"kill": self._kill, "zombie": self._freeze, "rebalance": self._rebalance}[fault.kind](fault)

    def _watch(self) -> None:
        """Samples the counters, slows the stream down to what the suite keeps up with, notices a broker that ended."""
        lags: deque[float] = deque(maxlen=20)
        while not self._ended.wait(0.3):
            # A group in the middle of a rebalance shows no lag: the largest of the last seconds counts.
            lags.append(self.sample())
            self._stream.is_held = max(lags) > MOST_LAG and not self._is_filling
            if self._suite.is_embedded and self._suite.broker.poll() is not None:
                self.failure = self.failure or Lost(f"the embedded broker ended; see {self._suite.folder}/broker.log")

    def sample(self) -> float:
        """Notes the counters of all services; answers what is still to be done: the consumers' lag and what is spooled."""
        lag = 0.0
        for service in self._suite.services.values():
            if not service.is_frozen:
                samples = self._totals.sample(service.pid, service.admin, service.kind)
                if name := TO_BE_DONE.get(service.kind):
                    lag += samples.get(name, 0)
        return lag

    def wait_ready(self, limit: float = 90) -> None:
        for service in self._suite.services.values():
            wait_until(service.ready, limit, f"{service.name} is ready again", give_up=(AssertionError,))
        self.sample()

    # MARK: services

    def _kill(self, fault: Fault) -> None:
        service = self._victim(fault)
        self._wait_for_work(service)
        time.sleep(fault.delay)
        self._check(service)
        self.evidence.begin(fault.lane, self._number(service))
        service.kill()
        service.start()
        # What it left is in other hands by the time at which it works again.
        self._wait_for_work(service)
        for instance in self._suite.instances(fault.lane):
            self._totals.sample(instance.pid, instance.admin, instance.kind)
        self.evidence.close(fault.lane)

    def _freeze(self, fault: Fault) -> None:
        """Stops an instance past its session timeout while its sibling takes its work, then lets it go on."""
        service = self._victim(fault)
        self._wait_for_work(service)
        time.sleep(fault.delay)
        self._check(service)
        service.signal(signal.SIGSTOP)
        try:
            time.sleep(self._session + fault.seconds)
        finally:
            service.signal(signal.SIGCONT)
        self._wait_for_work(service)

    def _rebalance(self, fault: Fault) -> None:
        """One instance more for a while: partitions move to it and back."""
        spare = self._suite.spare(fault.lane)
        wait_until(spare.ready, 60, f"{spare.name} has partitions")
        self._wait_for_work(spare)
        time.sleep(fault.seconds)
        self._totals.sample(spare.pid, spare.admin, spare.kind)
        self._suite.retire(spare)

    def _victim(self, fault: Fault) -> Service:
        name = fault.lane if fault.target == 0 else f"{fault.lane}.{fault.target + 1}"
        return self._suite.services[name]

    def _check(self, service: Service) -> None:
        if not service.alive():
            raise Lost(f"{service.name} ended by itself with {service.child.returncode}; see {service.log}")

    def _wait_for_work(self, service: Service, limit: float = 12) -> None:
        """Until the instance has done something since now; it has partitions then and stands in the stream."""
        counter = AT_WORK.get(service.kind)
        first: float | None = None
        end = time.monotonic() + limit
        while counter and time.monotonic() < end and self.failure is None:
            self._check(service)
            samples = self._totals.sample(service.pid, service.admin, service.kind)
            # A counter appears with its first event.
            if samples:
                value = samples.get(counter, 0)
                if first is not None and value > first:
                    return
                first = value if first is None else first
            time.sleep(0.05)

    def _number(self, service: Service):
        """What rises when the instance that is about to be killed had something in flight."""
        if service.kind == "collector":
            address = f"http://127.0.0.1:{service.arguments[service.arguments.index('--http-port') + 1]}"
            return lambda: self._stream.delivery.broken[address]
        if service.kind not in CONSUMERS:
            return lambda: 0
        return lambda: sum(self._totals.sum(suffix, service.kind) for suffix in SEEN_AGAIN)

    # MARK: Redis

    def _break_redis(self, fault: Fault) -> None:
        redis = self._suite.redis
        time.sleep(fault.delay)
        # What follows makes groups read again on its own account.
        self.evidence.close()
        if isinstance(redis, RedisCluster):
            redis.wait_whole()
            self._break_cluster(redis, fault)
            redis.wait_whole()
        elif fault.kind == "freeze":
            redis.send_signal(signal.SIGSTOP)
            time.sleep(fault.seconds)
            redis.send_signal(signal.SIGCONT)
        else:
            self._restart(redis, fault)
        time.sleep(0.5)
        self.evidence.close()

    def _restart(self, redis, fault: Fault) -> None:
        if fault.kind == "power":
            self._say(f"power cut: {redis.name} lost {redis.cut_power(fault.seconds):,} bytes that it had written")
        else:
            redis.stop(signal.SIGTERM if fault.kind == "stop" else signal.SIGKILL)
            time.sleep(fault.seconds)
        redis.start()

    def _break_cluster(self, redis: RedisCluster, fault: Fault) -> None:
        master, replica = redis.shard(fault.target)
        if fault.kind == "power":
            # Back before the others have noticed: the master itself has forgotten.
            return self._restart(master, fault)
        if fault.kind in ("failover", "force", "takeover"):
            way = [] if fault.kind == "failover" else [fault.kind.upper()]
            replica.call("CLUSTER", "FAILOVER", *way)
            return wait_until(lambda: redis.is_master(replica), 30, f"{replica.name} is promoted by {fault.kind}")
        if fault.kind == "kill":
            master.stop(signal.SIGKILL)
            try:
                wait_until(lambda: redis.is_master(replica), 30, f"{replica.name} replaces {master.name}")
                time.sleep(fault.seconds)
            finally:
                master.start()
        else:
            master.send_signal(signal.SIGSTOP)
            try:
                wait_until(lambda: redis.is_master(replica), 30, f"{replica.name} replaces the frozen {master.name}")
                time.sleep(fault.seconds)
            finally:
                master.send_signal(signal.SIGCONT)

    # MARK: brokers

    def _break_broker(self, fault: Fault) -> None:
        if not self._suite.is_embedded:
            return self._call_hook(fault)
        if fault.kind == "leaders":
            return self._move_leaders(fault)
        leaders = self._suite.leaders
        away = [leaders[fault.target % len(leaders)]] if fault.kind == "down" else leaders
        self.evidence.close()
        if fault.kind == "full":
            self._disks.fill()
        refused = sum(self._stream.delivery.refused.values())
        for broker in away:
            self._suite.command_broker(f"down {broker}")
        try:
            time.sleep(fault.seconds)
            if fault.kind == "full":
                self._is_filling = True
                # A full spool says so; whoever sends waits and comes again.
                wait_until(
                    lambda: sum(self._stream.delivery.refused.values()) > refused, 30, "a collector with a full spool refuses"
                )
        finally:
            self._is_filling = False
            self._disks.empty()
            for broker in away:
                self._suite.command_broker(f"up {broker}")
        self.evidence.close()

    def _move_leaders(self, fault: Fault) -> None:
        chance = random.Random(f"{fault.after} {fault.target}")
        topics = ["activity", "events.views", "events.feedback", "events.clicks", "profiles.updated"]
        for partition in chance.sample(range(12), 4):
            for topic in chance.sample(topics, 3):
                broker = chance.choice(self._suite.leaders)
                self._suite.command_broker(f"leader {self._suite.prefix}{topic} {partition} {broker}")

    def _call_hook(self, fault: Fault) -> None:
        """`<command> down <n>` and, later, `<command> up <n>`."""
        if not self._hook:
            return
        self.evidence.close()
        subprocess.run([*self._hook, "down", str(fault.target)], check=True, timeout=120)
        time.sleep(fault.seconds)
        subprocess.run([*self._hook, "up", str(fault.target)], check=True, timeout=120)
        self.evidence.close()
