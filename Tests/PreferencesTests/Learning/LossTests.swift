import Foundation
import Kernels
import Tensors
import Testing

@testable import Preferences

@Suite("Losses of comparisons")
struct LossTests {
    static let losses: [any PairLoss] = [
        LogisticLoss(), SmoothedLoss(0.1), SmoothedLoss(0), FlippedLoss(0.1), FlippedLoss(0.3),
        FlippedLoss(0),
        HingeLoss(),
    ]
    static let differences = [-6, -2.3, -0.4, 0.01, 0.7, 1.9, 5.5]
    static let labels = [0, 0.25, 0.5, 0.8, 1]

    @Test("Slopes are those of the values", arguments: losses.indices)
    func slopes(_ place: Int) {
        let loss = Self.losses[place]
        for d in Self.differences {
            for y in Self.labels {
                let step = 1e-5
                let slope = (loss.value(d + step, label: y) - loss.value(d - step, label: y)) / (2 * step)
                #expect(abs(slope - loss.slope(d, label: y)) < 1e-8, "\(loss) at \(d), \(y)")
            }
        }
    }

    @Test(
        "Sides may be swapped, and certain answers cost less the more they are seen",
        arguments: losses.indices)
    func symmetry(_ place: Int) {
        let loss = Self.losses[place]
        for d in Self.differences {
            for y in Self.labels {
                #expect(abs(loss.value(d, label: y) - loss.value(-d, label: 1 - y)) < 1e-12)
                #expect(abs(loss.slope(d, label: y) + loss.slope(-d, label: 1 - y)) < 1e-12)
            }
            // A smoothed loss rises again where it is surer than 1 − ε.
            if let smoothed = loss as? SmoothedLoss, smoothed.epsilon > 0 { continue }
            #expect(loss.value(d + 1, label: 1) <= loss.value(d, label: 1))
            #expect(loss.value(d + 1, label: 0) >= loss.value(d, label: 0))
        }
    }

    @Test("Far differences give finite numbers", arguments: losses.indices)
    func far(_ place: Int) {
        let loss = Self.losses[place]
        for d in [-800.0, 800] {
            for y in Self.labels {
                #expect(loss.value(d, label: y).isFinite && loss.slope(d, label: y).isFinite)
            }
        }
    }

    @Test("The forms in the documentation")
    func closedForms() {
        for d in Self.differences {
            let p = Special.logistic(d)
            for y in Self.labels {
                let logistic = -y * log(p) - (1 - y) * log(1 - p)
                #expect(abs(LogisticLoss().value(d, label: y) - logistic) < 1e-12)
                let z = 0.9 * y + 0.1 * (1 - y)
                #expect(abs(SmoothedLoss(0.1).value(d, label: y) + z * log(p) + (1 - z) * log(1 - p)) < 1e-12)
                let q = 0.8 * p + 0.2 * (1 - p)
                #expect(abs(FlippedLoss(0.2).value(d, label: y) + y * log(q) + (1 - y) * log(1 - q)) < 1e-12)
                #expect(HingeLoss().value(d, label: y) == y * max(0, 1 - d) + (1 - y) * max(0, 1 + d))
                #expect(abs(SmoothedLoss(0).value(d, label: y) - logistic) < 1e-12)
                #expect(abs(FlippedLoss(0).value(d, label: y) - logistic) < 1e-12)
            }
        }
    }

    @Test("A smoothed loss is least where the probability is 1 − ε")
    func smoothed() {
        #expect(abs(SmoothedLoss(0.2).slope(log(4), label: 1)) < 1e-15)
        #expect(abs(LogisticLoss().slope(log(4), label: 0.8)) < 1e-15)
    }

    @Test("A loss for flipped labels is bounded, and least at the difference before the flips")
    func flipped() {
        let loss = FlippedLoss(0.2)
        #expect(abs(loss.value(-60, label: 1) + log(0.2)) < 1e-12)
        for d in Self.differences {
            let seen = 0.8 * Special.logistic(d) + 0.2 * Special.logistic(-d)
            let slope = seen * loss.slope(d, label: 1) + (1 - seen) * loss.slope(d, label: 0)
            #expect(abs(slope) < 1e-14)
        }
    }

    @Test("A margin is counted towards the side that was chosen")
    func margins() {
        for d in Self.differences {
            let loss = LogisticLoss()
            #expect(abs(loss.value(d, label: 1, margin: 0.7) - log(1 + exp(0.7 - d))) < 1e-12)
            #expect(abs(loss.slope(d, label: 1, margin: 0.7) + Special.logistic(0.7 - d)) < 1e-12)
            #expect(abs(loss.value(d, label: 0, margin: 0.7) - log(1 + exp(0.7 + d))) < 1e-12)
            #expect(loss.value(d, label: 1, margin: 0) == loss.value(d, label: 1))
        }
    }

    @Test("Tensors see the same mean and its gradient")
    func tensors() throws {
        guard Torch.isAvailable else { return }
        var data = try LearningWorld.linear([1, -1], items: 10, count: 4)
        data.weights = [1, 2, 0.5, 0]
        data.margins = [0, 0.3, 0, 0]
        data.labels = [1, 0, 0.5, 1]
        let d = [0.5, -0.2, 1.5, 3]
        let places = [2, 0, 1, 3]
        for loss in Self.losses {
            let total = 3.5
            let mean = places.enumerated().reduce(0) { sum, next in
                let (index, place) = next
                return sum + data.weights[place] / total
                    * loss.value(d[index], label: data.labels[place], margin: data.margins[place])
            }
            let tensor = Tensor(d.map { Float($0) })
            #expect(abs(loss.mean(tensor, of: data, at: places).scalar - mean) < 1e-6)
            let gradient = gradient(of: { 3 * loss.mean($0, of: data, at: places) }, at: tensor).doubles
            for (index, place) in places.enumerated() {
                let slope = loss.slope(d[index], label: data.labels[place], margin: data.margins[place])
                #expect(abs(gradient[index] - 3 * data.weights[place] / total * slope) < 1e-6)
            }
        }
    }
}
