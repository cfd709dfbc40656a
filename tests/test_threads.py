"""Errands: done once each, waited for, and none left behind."""

from __future__ import annotations

import threading

from tests.patience import PATIENCE_S
from void_studio.threads import Crew, begin


def test_an_errand_has_a_thread_of_its_own_and_can_be_waited_for() -> None:
    go, seen = threading.Event(), []
    errand = begin("walk", lambda: (go.wait(PATIENCE_S), seen.append(errand.here)))
    assert not errand.over
    assert not errand.here
    go.set()
    errand.join()
    assert errand.over
    assert seen == [True]


def test_a_crew_does_more_at_a_time_than_it_has_spare_threads() -> None:
    crew = Crew(2)
    together = threading.Barrier(7)
    errands = [crew.begin("meet", lambda: together.wait(PATIENCE_S)) for _ in range(6)]
    together.wait(PATIENCE_S)
    for errand in errands:
        errand.join()
    crew.close()


def test_a_thread_that_has_done_its_errand_does_the_next() -> None:
    crew = Crew(0)
    seen: list[int] = []
    # A thread says that it is over a moment before it is there for the next.
    while len(seen) == len(set(seen)) < 1000:
        crew.begin("count", lambda: seen.append(threading.get_ident())).join()
    crew.close()
    assert len(set(seen)) == len(seen) - 1


def test_an_errand_that_ends_while_it_is_joined_from_many_threads() -> None:
    crew = Crew(3)
    go = threading.Event()
    errand = crew.begin("wait", lambda: go.wait(PATIENCE_S))
    joining = [crew.begin("join", errand.join) for _ in range(4)]
    go.set()
    for one in joining:
        one.join()
    crew.close()
    assert errand.over
