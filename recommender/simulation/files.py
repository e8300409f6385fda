"""An invented workspace as files, written region by region in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, TypeAlias

import pandas as pd

from recommender.errors import CannotWrite, LibraryMissing
from recommender.inputs.catalogue import Catalogue
from recommender.inputs.folder.mark import write_mark
from recommender.inputs.policy import Policy
from recommender.simulation.region import Simulation, joined_regions, simulate_regions

TableFormat: TypeAlias = Literal["csv", "parquet"]
DATA = ("pupils", "sites", "professionals", "history", "notes", "commitments")
TRUTH = ("risks", "effects")


def write_simulation(
    directory: Path,
    pupils: int,
    seed: int,
    policy: Policy,
    catalogue: Catalogue,
    *,
    with_truth: bool = False,
    table_format: TableFormat = "csv",
    chunk: int = 8,
) -> tuple[Path, ...]:
    """Write ``directory``/data (and ``directory``/truth) and return the tables written.

    They are marked as invented (see ``inputs.mark``).

    Large tables come in ``table_format``; sites, professionals, commitments and true effects are
    small and always csv.  ``chunk`` regions are held in memory at a time; it changes the row
    groups of parquet and nothing else.  Files appear when all of them are complete.

    Raises:
        UsageError: a size or an outcome that cannot be simulated.
        CannotWrite: the folder is not writable, or pyarrow is missing for parquet.
    """
    regions = simulate_regions(pupils, seed, policy, catalogue)
    targets = {
        name: directory / folder / f"{name}.{_suffix(name, table_format)}"
        for folder, names in (("data", DATA), ("truth", TRUTH if with_truth else ()))
        for name in names
    }
    parts = {name: target.with_name(target.name + ".part") for name, target in targets.items()}
    try:
        for target in targets.values():
            target.parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            writers: dict[str, _Writer] = {
                name: stack.enter_context(_writer(parts[name], target.suffix))
                for name, target in targets.items()
            }
            for several in _batches(regions, max(1, chunk)):
                for name, writer in writers.items():
                    writer.write(getattr(several, name))
        for name, target in targets.items():
            parts[name].replace(target)
        write_mark(directory, [target for name, target in targets.items() if name in DATA])
    except OSError as error:
        raise CannotWrite(
            f"{directory}: {error.strerror or error}; choose another folder"
        ) from error
    finally:
        for part in parts.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)
    return tuple(targets.values())


def _suffix(name: str, table_format: TableFormat) -> str:
    return table_format if name in ("pupils", "history", "notes", "risks") else "csv"


def _batches(regions: Iterable[Simulation], size: int) -> Iterator[Simulation]:
    iterator = iter(regions)
    while several := tuple(islice(iterator, size)):
        yield joined_regions(several)


class _Writer(Protocol):
    def write(self, table: pd.DataFrame) -> None: ...
    def __enter__(self) -> _Writer: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def _writer(path: Path, suffix: str) -> _Writer:
    return _Parquet(path) if suffix == ".parquet" else _Csv(path)


class _Csv:
    """A csv file that grows table by table."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("w", encoding="utf-8", newline="")
        self._header = True

    def write(self, table: pd.DataFrame) -> None:
        table.to_csv(
            self._stream,
            index=False,
            header=self._header,
            lineterminator="\n",
            float_format="%.6g",
        )
        self._header = False

    def __enter__(self) -> _Csv:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()


class _Parquet:
    """A parquet file that grows by one row group a table."""

    def __init__(self, path: Path) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError as error:
            raise LibraryMissing(
                "parquet needs pyarrow; install recommender[parquet] or write csv"
            ) from error
        self._pa, self._pq, self._path = pa, pq, path
        self._writer: pq.ParquetWriter | None = None

    def write(self, table: pd.DataFrame) -> None:
        if self._writer is None:
            schema = self._pa.schema([(name, self._type(table[name])) for name in table.columns])
            self._writer = self._pq.ParquetWriter(self._path, schema, compression="zstd")
        self._writer.write_table(
            self._pa.Table.from_pandas(table, schema=self._writer.schema, preserve_index=False)
        )

    def _type(self, column: pd.Series) -> object:
        if pd.api.types.is_integer_dtype(column):
            return self._pa.int64()
        if pd.api.types.is_float_dtype(column):
            return self._pa.float64()
        return self._pa.string()

    def __enter__(self) -> _Parquet:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._writer is not None:
            self._writer.close()
