"""Trees out of the text in which LightGBM keeps a model, and back into it."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from listings.pricing.value.trees import Trees

_IS_CATEGORY, _DEFAULT_LEFT, _MISSING_IS_NAN = 1, 2, 2 << 2


def trees_of(text: str) -> Trees:
    """Return the trees of a model's text."""
    parts = [_tree(block) for block in text.split("\nTree=")[1:]]
    return Trees.joined(tuple(parts))


def text_of(trees: Trees, names: Sequence[str]) -> str:
    """Return a model's text for these trees, for what they predict and no more."""
    head = {
        "version": "v4",
        "num_class": 1,
        "num_tree_per_iteration": 1,
        "label_index": 0,
        "max_feature_idx": len(names) - 1,
        "objective": "regression",
        "feature_names": " ".join(names),
        "feature_infos": " ".join("none" for _ in names),
    }
    blocks = ["tree\n" + _lines(head)]
    blocks += [f"Tree={at}\n{_lines(tree)}\n" for at, tree in enumerate(_trees(trees))]
    return "\n".join([*blocks, "end of trees\n"])


def _tree(block: str) -> Trees:
    stated = dict(line.split("=", 1) for line in block.splitlines()[1:] if "=" in line)
    leaves = _numbers(stated["leaf_value"], np.float64)
    if int(stated["num_leaves"]) == 1:
        nothing = np.zeros(0, np.int32)
        root = np.array([~0], np.int32)
        return _made(root, [nothing] * 6, np.zeros(0, np.uint32), leaves)
    kind = _numbers(stated["decision_type"], np.int32)
    threshold = _numbers(stated["threshold"], np.float64)
    is_category = (kind & _IS_CATEGORY) > 0
    bounds = _numbers(stated.get("cat_boundaries", "0"), np.int32)
    at = np.where(is_category, threshold, 0).astype(np.int64)
    nan_left = np.where((kind & (3 << 2)) == _MISSING_IS_NAN, (kind & _DEFAULT_LEFT) > 0, 0)
    zero_left = ((kind & (3 << 2)) != _MISSING_IS_NAN) & (threshold >= 0)
    nodes = [
        _numbers(stated["split_feature"], np.int16),
        _numbers(stated["left_child"], np.int32),
        _numbers(stated["right_child"], np.int32),
        ~is_category & ((nan_left > 0) | zero_left),
        np.where(is_category, bounds[at], -1),
        np.where(is_category, bounds[np.minimum(at + 1, len(bounds) - 1)] - bounds[at], 0),
    ]
    words = _numbers(stated.get("cat_threshold", ""), np.uint32)
    return _made(np.zeros(1, np.int32), nodes, words, leaves, np.where(is_category, 0, threshold))


def _made(
    root: npt.NDArray,
    nodes: list[npt.NDArray],
    words: npt.NDArray,
    leaves: npt.NDArray,
    threshold: npt.NDArray | None = None,
) -> Trees:
    feature, left, right, missing_left, first_word, word_count = nodes
    return Trees(
        roots=root,
        feature=feature.astype(np.int16),
        threshold=np.zeros(0) if threshold is None else threshold,
        left=left,
        right=right,
        missing_left=missing_left.astype(np.bool_),
        first_word=first_word.astype(np.int32),
        word_count=word_count.astype(np.int32),
        words=words,
        leaves=leaves,
    )


def _trees(trees: Trees) -> Iterator[dict[str, object]]:
    """Yield what the text states of each tree; nodes and leaves of a tree stand together."""
    node, leaf = 0, 0
    for root in trees.roots:
        count = 0 if root < 0 else _node_count(trees, node)
        nodes, leaves = slice(node, node + count), slice(leaf, leaf + count + 1)
        yield _stated(trees, nodes, leaves)
        node, leaf = node + count, leaf + count + 1


def _node_count(trees: Trees, first: int) -> int:
    """Return how many nodes a tree has: every child but the root is some node's child."""
    at, known = first, first
    while at <= known:
        known = max(known, int(trees.left[at]), int(trees.right[at]))
        at += 1
    return known - first + 1


def _stated(trees: Trees, nodes: slice, leaves: slice) -> dict[str, object]:
    first = trees.first_word[nodes]
    is_category = first >= 0
    counts = trees.word_count[nodes][is_category]
    starts = first[is_category]
    words = [trees.words[at : at + count] for at, count in zip(starts, counts, strict=True)]
    threshold = trees.threshold[nodes].copy()
    threshold[is_category] = np.arange(len(words))
    kind = np.where(is_category, _IS_CATEGORY, _MISSING_IS_NAN)
    kind = kind + _DEFAULT_LEFT * (trees.missing_left[nodes] & ~is_category)
    tree: dict[str, object] = {
        "num_leaves": len(trees.leaves[leaves]),
        "num_cat": len(words),
        "split_feature": _joined(trees.feature[nodes]),
        "split_gain": _joined(np.zeros(len(first), int)),
        "threshold": _joined(threshold),
        "decision_type": _joined(kind),
        "left_child": _joined(_within(trees.left[nodes], nodes.start, leaves.start)),
        "right_child": _joined(_within(trees.right[nodes], nodes.start, leaves.start)),
        "leaf_value": _joined(trees.leaves[leaves]),
    }
    if words:
        tree["cat_boundaries"] = _joined(np.cumsum([0, *counts]))
        tree["cat_threshold"] = _joined(np.concatenate(words))
    return tree | {"is_linear": 0, "shrinkage": 1}


def _within(children: npt.NDArray[np.int32], node: int, leaf: int) -> npt.NDArray[np.int32]:
    return np.where(children >= 0, children - node, children + leaf)


def _joined(numbers: npt.NDArray) -> str:
    return " ".join(map(repr, numbers.tolist()))


def _numbers(text: str, kind: type[np.generic]) -> npt.NDArray:
    return np.array(text.split(), np.float64).astype(kind)


def _lines(stated: dict[str, object]) -> str:
    return "".join(f"{name}={value}\n" for name, value in stated.items())
