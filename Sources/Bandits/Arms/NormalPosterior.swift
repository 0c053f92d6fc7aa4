import Foundation
import Kernels

/// A normal belief about an arm's mean.
struct NormalPosterior: ArmPosterior {
    let mean: Double
    let deviation: Double

    var lower: Double { mean - 8.72 * deviation }
    var upper: Double { mean + 8.72 * deviation }
    var panel: Double { 2 * deviation }

    static func shared(start: Double, offset: Double) -> Double { start + offset }

    func logDensity(_ point: Double) -> Double {
        let z = (point - mean) / deviation
        return -0.5 * z * z - log(deviation) - 0.918938533204672742
    }

    func change(offset: Double, shared point: Double) -> Double {
        // (z² − z₀²)/2 with z − z₀ = offset/σ and z + z₀ = (2·point − offset − 2·mean)/σ.
        -0.5 * (offset / deviation) * ((2 * (point - mean) - offset) / deviation)
    }

    func mass(below point: Double) -> Double { Special.normalCDF((point - mean) / deviation) }
}
