"""Short searches of small problems by this process alone."""

from dispatch.solve.compile import compile_instance
from dispatch.solve.engine import Engine
from dispatch.solve.instance import pack_units, split_units
from dispatch.solve.options import LeastCosts
from dispatch.solve.task import Effort
from dispatch.solve.whole import OUTLOOKS, Limits, _Search


def compiled_of(made, most=6, apart=True):
    """The instance by units of at most so many people, apart by what their parties may do or not."""
    units = pack_units(made, most)
    return compile_instance(made, LeastCosts(made), split_units(made, units, (), True) if apart else units, 40)


def searched(made, seed=1, rounds=60, most=6, apart=True):
    search = _Search(compiled_of(made, most, apart), Limits(60, seed=seed, threads=1))
    with engine_of(search) as engine:
        search.begin(engine, OUTLOOKS[:1], Effort(0, 0.0, (0.0, 0.0)))
    for done in (0.2, 0.6):
        improve(search, rounds, done)
    return search


def engine_of(search):
    engine = Engine(1)
    engine.take(search.x)
    return engine


def improve(search, rounds, done):
    with engine_of(search) as engine:
        search.advance(engine, Effort(rounds, 0.0, (done, done)))
