"""The pages that carers, clinicians, facilitators and the resident see."""
