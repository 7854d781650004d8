"""Loads files with Hugging Face PEFT, onto identity layers, and prints what the layers then answer."""

import json
import sys

import torch
from peft import PeftModel


def identity(dim):
    layer = torch.nn.Linear(dim, dim, bias=False)
    layer.weight.data = torch.eye(dim)
    return layer


class Model(torch.nn.Module):
    """Identity layers of these names, of which a dot makes a part of a part."""

    def __init__(self, dim, modules):
        super().__init__()
        self.names = modules
        for name in modules:
            parent, *rest = name.split(".", 1)
            if not rest:
                setattr(self, name, identity(dim))
                continue
            if not hasattr(self, parent):
                setattr(self, parent, torch.nn.ModuleDict())
            getattr(self, parent)[rest[0]] = identity(dim)

    def forward(self, x):
        return {name: self.get_submodule(name)(x) for name in self.names}


with open(sys.argv[1]) as file:
    job = json.load(file)
model = PeftModel.from_pretrained(Model(job["dim"], job["modules"]), job["folder"])
with torch.no_grad():
    answers = model(torch.tensor(job["inputs"], dtype=torch.float32))
print(json.dumps({name: answer.tolist() for name, answer in answers.items()}))
