/// The shapes that tell series and groups apart where colour does not.
enum MarkShape: Int, CaseIterable, Sendable {
    case circle, square, triangle, diamond, wedge, plus, cross, hexagon

    /// The shape of a series.
    init(series index: Int) { self = Self.allCases[index % Self.allCases.count] }

    /// Draws the shape with about the area of a circle of this radius.
    func node(_ x: Double, _ y: Double, radius r: Double, _ style: String) -> SVGNode {
        switch self {
        case .circle:
            return .circle(x, y, r, style)
        case .square:
            return .rect(x - r * 0.886, y - r * 0.886, r * 1.772, r * 1.772, style)
        case .triangle:
            return polygon([(0, -1.35), (1.17, 0.68), (-1.17, 0.68)], x, y, r, style)
        case .wedge:
            return polygon([(0, 1.35), (1.17, -0.68), (-1.17, -0.68)], x, y, r, style)
        case .diamond:
            return polygon([(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)], x, y, r, style)
        case .hexagon:
            return polygon(
                [(0, -1.1), (0.95, -0.55), (0.95, 0.55), (0, 1.1), (-0.95, 0.55), (-0.95, -0.55)], x, y, r,
                style)
        case .plus:
            return polygon(Self.bars, x, y, r, style)
        case .cross:
            return polygon(Self.bars.map { (($0.0 - $0.1) * 0.7071, ($0.0 + $0.1) * 0.7071) }, x, y, r, style)
        }
    }

    private static let bars: [(Double, Double)] = {
        let a = 0.42, b = 1.25
        return [
            (-a, -b), (a, -b), (a, -a), (b, -a), (b, a), (a, a), (a, b), (-a, b), (-a, a), (-b, a), (-b, -a),
            (-a, -a),
        ]
    }()

    private func polygon(
        _ corners: [(Double, Double)], _ x: Double, _ y: Double, _ r: Double, _ style: String
    ) -> SVGNode {
        .path(corners.map { (x + $0.0 * r, y + $0.1 * r) }, closed: true, style)
    }
}
