"""``cci cards``: look up accelerator models of the catalogue."""

from pathlib import Path

from cci_cli.config import read_config
from cci_cli.definitions import fold_name, suggest_name
from cci_cli.errors import DataError
from cci_cli.outcomes import CardsResult
from cci_cli.workspace import find_workspace


def cards(text: str | None = None, *, workspace: Path | str | None = None) -> CardsResult:
    """The models whose name, alias or vendor has ``text`` in it; all of them without a text.

    A spelling that is a model's own goes before parts of others: ``A100`` is one model.

    Args:
        text: what to look for; case, width, spaces and hyphens do not matter.
        workspace: its root folder; null for the one that CCI_WORKSPACE names, else the nearest at
            or above the current folder.

    Returns:
        The models with their FP16 rate in TFLOPS, and the coefficients of all models, exact, in
        standard cards per card.

    Raises:
        UsageError: there is no workspace.
        DataError: E405, nothing matches.
        InvalidDataError: the config breaks a rule.

    Example:
        >>> import cci_cli
        >>> found = cci_cli.cards("昇腾 910B3")
        >>> [(card.model, found.coefficients[card.model]) for card in found.models]
        [('Huawei Ascend 910B3', Fraction(313, 1979))]
    """
    config = read_config(find_workspace(workspace))
    coefficients = config.coefficients
    if text is None:
        return CardsResult(config.models, coefficients)
    folded = fold_name(text)
    spellings = config.model_spellings
    found = tuple(
        card
        for card in config.models
        if spellings.get(folded) == card.model
        or any(folded in fold_name(spelling) for spelling in (*card.spellings, card.vendor))
    )
    if not folded or not found:
        raise DataError("E405", value=text, hint=suggest_name(text, spellings))
    return CardsResult(
        tuple(sorted(found, key=lambda c: spellings.get(folded) != c.model)), coefficients
    )
