/// A sample's columns in place, for the estimators' inner loops.
struct SampleRows {
    let actionCount: Int
    let action: UnsafeBufferPointer<Int32>
    let reward: UnsafeBufferPointer<Double>
    let propensity: UnsafeBufferPointer<Double>
    let target: UnsafeBufferPointer<Double>
    let predicted: UnsafeBufferPointer<Double>

    /// π(aᵢ|xᵢ) / π₀(aᵢ|xᵢ).
    @inline(__always)
    func weight(_ row: Int) -> Double { target[row * actionCount + Int(action[row])] / propensity[row] }

    /// rᵢ − q̂(xᵢ, aᵢ).
    @inline(__always)
    func residual(_ row: Int) -> Double { reward[row] - predicted[row * actionCount + Int(action[row])] }

    /// q̂(xᵢ, π) = Σₐ π(a|xᵢ)·q̂(xᵢ, a).
    @inline(__always)
    func modelValue(_ row: Int) -> Double {
        let p = UnsafeRawPointer(target.baseAddress! + row * actionCount)
        let q = UnsafeRawPointer(predicted.baseAddress! + row * actionCount)
        var a = 0, first = SIMD4<Double>(), second = SIMD4<Double>()
        while a + 8 <= actionCount {
            first += Self.four(p, a) * Self.four(q, a)
            second += Self.four(p, a + 4) * Self.four(q, a + 4)
            a += 8
        }
        var sum = (first + second).sum()
        while a < actionCount {
            sum += target[row * actionCount + a] * predicted[row * actionCount + a]
            a += 1
        }
        return sum
    }

    @inline(__always)
    private static func four(_ values: UnsafeRawPointer, _ at: Int) -> SIMD4<Double> {
        values.loadUnaligned(fromByteOffset: at * 8, as: SIMD4<Double>.self)
    }
}

extension OffPolicySample {
    /// Calls a closure with the columns in place.
    @inline(__always)
    func withRows<T>(_ body: (SampleRows) -> T) -> T {
        action.withUnsafeBufferPointer { action in
            reward.withUnsafeBufferPointer { reward in
                propensity.withUnsafeBufferPointer { propensity in
                    target.withUnsafeBufferPointer { target in
                        predicted.withUnsafeBufferPointer { predicted in
                            body(
                                SampleRows(
                                    actionCount: actionCount, action: action, reward: reward,
                                    propensity: propensity, target: target, predicted: predicted))
                        }
                    }
                }
            }
        }
    }

    /// A number for every row.
    @inline(__always)
    func eachRow(_ value: (SampleRows, Int) -> Double) -> [Double] {
        withRows { rows in
            [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
                for i in 0..<count { buffer[i] = value(rows, i) }
                initialized = count
            }
        }
    }
}
