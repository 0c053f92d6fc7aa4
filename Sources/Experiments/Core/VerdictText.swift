import Foundation

/// A share as a percentage with one decimal, as verdicts print it.
func percent(_ share: Double) -> String { String(format: "%.1f%%", 100 * share) }

/// A number with three decimals, as verdicts print it.
func fixed(_ value: Double) -> String { String(format: "%.3f", value) }
