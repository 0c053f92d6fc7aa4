/// Everything in one import: `import Heed`.
@_exported import Bandits
@_exported import Evaluation
@_exported import Experiments
@_exported import Preferences
@_exported import Reports
@_exported import Signals
@_exported import Tensors
