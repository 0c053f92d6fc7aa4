/// What is believed about one arm: a density on a line on which it is smooth and has one top.
protocol ArmPosterior {
    /// Where the density has fallen to about e⁻³⁸ of its top, on the left.
    var lower: Double { get }
    /// Where the density has fallen to about e⁻³⁸ of its top, on the right.
    var upper: Double { get }
    /// The length over which sixteen points hold the density to eleven digits.
    var panel: Double { get }
    /// The part of the density's computation at `start + offset` that all arms have in common.
    static func shared(start: Double, offset: Double) -> Double
    /// The logarithm of the density at a point.
    func logDensity(_ point: Double) -> Double
    /// The logarithm of the density at `start + offset` less that at `start`.
    func change(offset: Double, shared: Double) -> Double
    /// The probability below a point.
    func mass(below point: Double) -> Double
}
