// Enforces the NetworkPolicies of a cluster on one node, by the policy engine of kube-network-policies. Rules of the packet
// filter send the first packet of every connection to a queue (NFQUEUE); here each is let through or dropped.
//
// A program of our own, as the module's own one writes its rules itself, with a statement of nftables (queue) that not
// every kernel has. The rules are the node's, made with the target NFQUEUE.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/florianl/go-nfqueue/v2"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/kube-network-policies/pkg/api"
	"sigs.k8s.io/kube-network-policies/pkg/network"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
	"sigs.k8s.io/kube-network-policies/pkg/podinfo"
)

// Of the module; set by the linker.
var version string

// What is read of a packet: enough for the headers of IPv6 and TCP with options.
const packetBytes = 128

func main() {
	says := flag.Bool("version", false, "print the version and end")
	kubeconfig := flag.String("kubeconfig", "", "file that says how to reach the API server")
	node := flag.String("node", "", "name of the node whose pods are guarded")
	queue := flag.Uint("queue", 0, "number of the queue that packets come from")
	flag.Parse()
	if *says {
		fmt.Println("kube-network-policies", version)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := enforce(ctx, *kubeconfig, *node, uint16(*queue)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Serves the queue until the context ends. Before it is served, what waits in it is not let through.
func enforce(ctx context.Context, kubeconfig, node string, queue uint16) error {
	engine, err := policyEngine(ctx, kubeconfig, node)
	if err != nil {
		return err
	}
	packets, err := nfqueue.Open(&nfqueue.Config{
		NfQueue:      queue,
		MaxPacketLen: packetBytes,
		MaxQueueLen:  1024,
		Copymode:     nfqueue.NfQnlCopyPacket,
		// Packets come as they are; else the kernel would first cut the large ones.
		Flags: nfqueue.NfQaCfgFlagGSO,
	})
	if err != nil {
		return fmt.Errorf("queue %d cannot be opened: %w", queue, err)
	}
	defer packets.Close()
	judge := func(packet nfqueue.Attribute) int {
		verdict := nfqueue.NfDrop
		if isAllowed(ctx, engine, *packet.Payload) {
			verdict = nfqueue.NfAccept
		}
		if err := packets.SetVerdict(*packet.PacketID, verdict); err != nil {
			fmt.Fprintln(os.Stderr, "a packet cannot be answered for:", err)
		}
		return 0
	}
	broken := func(err error) int {
		fmt.Fprintln(os.Stderr, "the queue cannot be read:", err)
		return 0
	}
	if err := packets.RegisterWithErrorFunc(ctx, judge, broken); err != nil {
		return fmt.Errorf("queue %d cannot be served: %w", queue, err)
	}
	fmt.Println("enforcing the network policies of node", node)
	<-ctx.Done()
	return nil
}

// The engine, once it knows every pod, namespace and policy.
func policyEngine(ctx context.Context, kubeconfig, node string) (*networkpolicy.PolicyEngine, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	watched := informers.NewSharedInformerFactory(client, 0)
	namespaces, pods := watched.Core().V1().Namespaces(), watched.Core().V1().Pods()
	policies := watched.Networking().V1().NetworkPolicies()
	addresses, err := podinfo.NewInformerResolver(pods.Informer())
	if err != nil {
		return nil, err
	}
	known := podinfo.NewInformerProvider(pods, namespaces, nil, []podinfo.IPResolver{addresses})
	standard := networkpolicy.NewStandardNetworkPolicy(node, namespaces, pods, policies)
	watched.Start(ctx.Done())
	for kind, synced := range watched.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return nil, fmt.Errorf("the cluster's objects of %v were not had", kind)
		}
	}
	return networkpolicy.NewPolicyEngine(known, []api.PolicyEvaluator{standard}), nil
}

func isAllowed(ctx context.Context, engine *networkpolicy.PolicyEngine, payload []byte) bool {
	packet, err := network.ParsePacket(payload)
	if err != nil {
		fmt.Fprintln(os.Stderr, "a packet cannot be read:", err)
		return false
	}
	allowed, err := engine.EvaluatePacket(ctx, &packet)
	if err != nil {
		fmt.Fprintln(os.Stderr, "a packet cannot be judged:", err)
	}
	return allowed && err == nil
}
