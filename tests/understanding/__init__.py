"""How well Linli understands: sentences of people who do not know it, judged by the facts they need."""
