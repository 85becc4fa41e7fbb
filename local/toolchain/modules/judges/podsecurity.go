package main

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// judgeByPodSecurity asks for the level "restricted" of every pod, and that every namespace enforces it.
func judgeByPodSecurity(manifests []manifest, known settings) ([]finding, error) {
	decode := decoder()
	version := api.MajorMinorVersion(known.kubernetes.major, known.kubernetes.minor)
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: version}
	var findings []finding
	for _, manifest := range manifests {
		object, err := decode(manifest.text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", manifest.path, err)
		}
		if namespace, ok := object.(*corev1.Namespace); ok {
			findings = append(findings, judgeNamespace(manifest.path, namespace))
		}
		template := podTemplate(object)
		if template == nil {
			continue
		}
		for _, check := range policy.DefaultChecks() {
			result, err := evaluate(check, restricted, template)
			if err != nil {
				return nil, err
			}
			if result == nil {
				continue
			}
			findings = append(findings, finding{
				Judge:    "pod-security",
				Check:    string(check.ID),
				Severity: string(check.Level),
				Passed:   result.Allowed,
				File:     manifest.path,
				Message:  messageOf(*result),
			})
		}
	}
	return findings, nil
}

// judgeNamespace reads the labels of a namespace as the admission does.
func judgeNamespace(path string, namespace *corev1.Namespace) finding {
	privileged := api.LevelVersion{Level: api.LevelPrivileged, Version: api.LatestVersion()}
	fallback := api.Policy{Enforce: privileged, Audit: privileged, Warn: privileged}
	found, problems := api.PolicyToEvaluate(namespace.Labels, fallback)
	passed := found.Enforce.Level == api.LevelRestricted && len(problems) == 0
	message := ""
	if !passed {
		message = fmt.Sprintf("Namespace %s enforces %s", namespace.Name, found.Enforce.Level)
	}
	return finding{"pod-security", "enforcedLevel", string(api.LevelRestricted), passed, path, message}
}

// evaluate asks one check alone, for an evaluator of several does not tell them apart.
func evaluate(check policy.Check, level api.LevelVersion, template *corev1.PodTemplateSpec) (*policy.CheckResult, error) {
	evaluator, err := policy.NewEvaluator([]policy.Check{check}, nil)
	if err != nil {
		return nil, fmt.Errorf("pod security, %s: %w", check.ID, err)
	}
	results := evaluator.EvaluatePod(level, &template.ObjectMeta, &template.Spec)
	if len(results) == 0 {
		return nil, nil
	}
	return &results[0], nil
}

func messageOf(result policy.CheckResult) string {
	if result.Allowed {
		return ""
	}
	return result.ForbiddenReason + ": " + result.ForbiddenDetail
}

type decode func([]byte) (runtime.Object, error)

// decoder reads the kinds that have pods, and namespaces; of other kinds it returns nil.
func decoder() decode {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	universal := serializer.NewCodecFactory(scheme).UniversalDeserializer()
	return func(text []byte) (runtime.Object, error) {
		object, _, err := universal.Decode(text, nil, nil)
		if runtime.IsNotRegisteredError(err) {
			return nil, nil
		}
		return object, err
	}
}

// podTemplate returns the pod that an object is or makes, or nil.
func podTemplate(object runtime.Object) *corev1.PodTemplateSpec {
	switch object := object.(type) {
	case *corev1.Pod:
		return &corev1.PodTemplateSpec{ObjectMeta: object.ObjectMeta, Spec: object.Spec}
	case *appsv1.ReplicaSet:
		return &object.Spec.Template
	case *appsv1.Deployment:
		return &object.Spec.Template
	case *appsv1.StatefulSet:
		return &object.Spec.Template
	case *appsv1.DaemonSet:
		return &object.Spec.Template
	case *batchv1.Job:
		return &object.Spec.Template
	case *batchv1.CronJob:
		return &object.Spec.JobTemplate.Spec.Template
	}
	return nil
}
