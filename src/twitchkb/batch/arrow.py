"""
Arrow and SciPy as this room uses them: without types, since neither ships complete ones.
"""

from typing import Any

import pyarrow  # noqa: ICN001  # its short name is the untyped one below
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet
import scipy.sparse

__all__ = ["pa", "pacsv", "pc", "pq", "sp"]

pa: Any = pyarrow
pc: Any = pyarrow.compute
pacsv: Any = pyarrow.csv
pq: Any = pyarrow.parquet
sp: Any = scipy.sparse
